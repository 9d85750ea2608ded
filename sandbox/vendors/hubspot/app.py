"""The HubSpot emulator: a portal with people, companies, deals and activities behind a token."""

from hmac import compare_digest
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.vendors.emulator import Emulated
from sandbox.vendors.hubspot import batch, errors, listing, merge, tasks, write
from sandbox.vendors.hubspot.engagements import engagement_types
from sandbox.vendors.hubspot.lists import Lists
from sandbox.vendors.hubspot.objects import Objects
from sandbox.vendors.hubspot.schema import defined, object_types, with_system_properties
from sandbox.vendors.hubspot.search import Search
from sandbox.vendors.limits import Limits, RollingLimit
from sandbox.vendors.replies import Refusal, read_object, refuse
from sandbox.vendors.state import Clock

BATCHES = {
    "read": batch.read,
    "create": write.create,
    "update": write.update,
    "upsert": write.upsert,
}


class HubSpot:
    """State and handlers; `world` is a folder with `<object>.parquet`, or None for an empty portal.

    Raises ValueError at start if a world file holds an id or time that is none.
    """

    def __init__(self, token: str, world: Path | None, limits: Limits) -> None:
        self._token = f"Bearer {token}"
        self._burst = RollingLimit(limits.hubspot_ten_seconds, 10)
        self._searches = RollingLimit(limits.hubspot_search_second, 1)
        self.clock = Clock()
        kinds = with_system_properties((*object_types(), *engagement_types()))
        self.objects = {name: Objects(kind, self.clock) for name, kind in kinds.items()}
        self.lists = Lists(self.objects, self.clock)
        self._search = {name: Search(objects) for name, objects in self.objects.items()}
        for name, objects in self.objects.items() if world else ():
            objects.load(Path(str(world)) / f"{name}.parquet")
        self.app = Starlette(
            routes=self._routes(),
            exception_handlers={Refusal: refuse, 404: _no_such_path, 405: _no_such_path},
        )

    def admit(self, request: Request) -> Response | None:
        """401 without this portal's token, 429 over a limit; searches have their own."""
        if not compare_digest(request.headers.get("authorization", ""), self._token):
            return self.refusal(401)
        if request.url.path.endswith("/search"):
            return None if self._searches.admit() else errors.over_limit("SECONDLY").response()
        return None if self._burst.admit() else self.refusal(429)

    def refusal(self, status: int) -> Response:
        """HubSpot's words for 401, 429 and failures of its own."""
        if status == 401:
            return errors.unauthenticated().response()
        if status == 429:
            return errors.over_limit("TEN_SECONDLY_ROLLING").response()
        return JSONResponse(errors.body("internal error", category="INTERNAL_ERROR"), status)

    def dump(self) -> dict[str, Any]:
        """{object: {id: record}} with every property that has a value; {lists: {id: members}}."""
        records = {
            name: {
                key: objects.show(record, tuple(record.fields))
                for key, record in objects.table.records.items()
            }
            for name, objects in self.objects.items()
        }
        return {**records, "lists": self.lists.dump()}

    def edit(self, name: str, records: list[dict[str, Any]]) -> list[str]:
        """Set {id?, properties, associations?} as a person in the portal; returns the ids."""
        objects, moment = self.objects[name], self.clock.tick()
        written = []
        for item in records:
            record = objects.write(item.get("id"), item.get("properties", {}), moment)
            record.associations = item.get("associations", record.associations)
            written.append(record.id)
        return written

    def remove(self, name: str, ids: list[str]) -> None:
        """Archive as a person in the portal."""
        for key in ids:
            self.objects[name].archive(key)

    def _routes(self) -> list[Route]:
        objects, properties = "/crm/v3/objects/{object}", "/crm/v3/properties/{object}"
        return [
            *self.lists.routes(),
            Route(objects, self._list),
            Route(f"{objects}/search", self._find, methods=["POST"]),
            Route(f"{objects}/batch/{{action}}", self._batch, methods=["POST"]),
            Route(f"{objects}/gdpr-delete", self._erase, methods=["POST"]),
            Route(f"{objects}/merge", self._merge, methods=["POST"]),
            Route(f"{objects}/{{id}}", self._delete, methods=["DELETE"]),
            Route(f"{objects}/{{id}}", self._show),
            Route(
                "/crm/v3/associations/{object}/{other}/batch/read", self._links, methods=["POST"]
            ),
            Route(properties, self._properties),
            Route(properties, self._define, methods=["POST"]),
        ]

    def _of(self, request: Request) -> Objects:
        try:
            return self.objects[request.path_params["object"]]
        except KeyError:
            raise errors.not_found("Unable to infer object type") from None

    async def _list(self, request: Request) -> Response:
        return self._counted(JSONResponse(listing.listed(self._of(request), request)))

    async def _show(self, request: Request) -> Response:
        objects, query = self._of(request), request.query_params
        record = batch.found(objects, None, request.path_params["id"])
        if record is None:
            raise errors.not_found()
        return self._counted(JSONResponse(listing.shown(objects, record, query)))

    async def _merge(self, request: Request) -> Response:
        objects, body = self._of(request), await read_object(request, errors.not_json)
        record = merge.merged(self.objects, objects, body)
        return self._counted(JSONResponse(objects.show(record)))

    async def _find(self, request: Request) -> Response:
        search = self._search[self._of(request).kind.name]
        return JSONResponse(search.page(await read_object(request, errors.not_json)))

    async def _batch(self, request: Request) -> Response:
        objects, action = self._of(request), request.path_params["action"]
        body = await read_object(request, errors.not_json)
        if action == "archive":
            batch.archive(objects, body)
            return self._counted(Response(status_code=204))
        if action not in BATCHES:
            raise errors.not_found()
        if action == "create":
            tasks.refuse_strangers(body, self.objects["contacts"])
        status, reply = BATCHES[action](objects, body)
        if action == "create":
            tasks.associate(objects, body, reply)
        return self._counted(JSONResponse(reply, status))

    async def _links(self, request: Request) -> Response:
        objects, other = self._of(request), request.path_params["other"]
        if other not in self.objects:
            raise errors.not_found("Unable to infer object type")
        body = await read_object(request, errors.not_json)
        return self._counted(JSONResponse(batch.links(objects, other, body)))

    async def _erase(self, request: Request) -> Response:
        objects, body = self._of(request), await read_object(request, errors.not_json)
        if not body.get("objectId"):
            raise errors.bad_request("Some required fields were not set: [objectId]")
        objects.erase(str(body["objectId"]), body.get("idProperty") == "email")
        return self._counted(Response(status_code=204))

    async def _delete(self, request: Request) -> Response:
        objects, key = self._of(request), request.path_params["id"]
        if key not in objects.table.records:
            raise errors.not_found()
        objects.archive(key)
        return self._counted(Response(status_code=204))

    async def _properties(self, request: Request) -> Response:
        known = self._of(request).kind.properties.values()
        return self._counted(JSONResponse({"results": [item.definition() for item in known]}))

    async def _define(self, request: Request) -> Response:
        objects, body = self._of(request), await read_object(request, errors.not_json)
        try:
            item = defined(body)
        except ValueError as error:
            raise errors.bad_request(str(error)) from None
        if item.name in objects.kind.properties:
            message = f"A property named '{item.name}' already exists."
            raise Refusal(409, errors.body(message, category="OBJECT_ALREADY_EXISTS"))
        objects.define(item)
        return self._counted(JSONResponse(item.definition(), 201))

    def _counted(self, response: Response) -> Response:
        limit = self._burst
        response.headers["X-HubSpot-RateLimit-Max"] = str(limit.limit)
        response.headers["X-HubSpot-RateLimit-Remaining"] = str(limit.limit - limit.used)
        response.headers["X-HubSpot-RateLimit-Interval-Milliseconds"] = "10000"
        return response


async def _no_such_path(_request: Request, _error: Exception) -> Response:
    return errors.not_found().response()


EMULATED = Emulated(
    "HUBSPOT_URL",
    ("HUBSPOT_TOKEN",),
    lambda known, limits: HubSpot(known["HUBSPOT_TOKEN"], None, limits),
)
