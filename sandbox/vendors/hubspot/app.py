"""The HubSpot emulator: a portal with contacts, companies and deals behind a token."""

from bisect import bisect_right
from collections.abc import Sequence
from hmac import compare_digest
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.vendors.emulator import Emulated
from sandbox.vendors.hubspot import batch, errors, tasks, write
from sandbox.vendors.hubspot.lists import Lists
from sandbox.vendors.hubspot.objects import Objects
from sandbox.vendors.hubspot.schema import defined, object_types
from sandbox.vendors.hubspot.search import Search
from sandbox.vendors.limits import Limits, RollingLimit
from sandbox.vendors.replies import Refusal, read_object, refuse
from sandbox.vendors.state import Clock, Record, id_order

LARGEST_PAGE = 100
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
        self.objects = {n: Objects(kind, self.clock) for n, kind in object_types().items()}
        self.lists = Lists(self.objects)
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
            Route(f"{objects}/{{id}}", self._delete, methods=["DELETE"]),
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
        objects, query = self._of(request), request.query_params
        limit = query.get("limit", "10")
        if not limit.isdigit() or not 1 <= int(limit) <= LARGEST_PAGE:
            raise errors.bad_request(f"limit must be between 1 and {LARGEST_PAGE}")
        records, more = _page(
            objects, query.get("after", ""), int(limit), query.get("archived") == "true"
        )
        properties = _names(query.getlist("properties"))
        associations = _names(query.getlist("associations"))
        reply: dict[str, Any] = {
            "results": [objects.show(r, properties) | _linked(r, associations) for r in records]
        }
        if more:
            after = records[-1].id
            link = f"{request.base_url}{request.url.path[1:]}"
            parameters = urlencode([*_without_after(query.multi_items()), ("after", after)])
            reply["paging"] = {"next": {"after": after, "link": f"{link}?{parameters}"}}
        return self._counted(JSONResponse(reply))

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


def _page(objects: Objects, after: str, limit: int, archived: bool) -> tuple[list[Record], bool]:
    """The records that follow id `after`, and whether there are more."""
    found: list[Record] = []
    ids = objects.table.ids()
    start = bisect_right(ids, id_order(after), key=id_order) if after else 0
    for key in islice(ids, start, None):
        record = objects.table.records[key]
        if (record.deleted_at is not None) == archived:
            if len(found) == limit:
                return found, True
            found.append(record)
    return found, False


def _linked(record: Record, names: Sequence[str]) -> dict[str, Any]:
    linked = {name: record.associations[name] for name in names if name in record.associations}
    return {"associations": linked} if linked else {}


def _names(values: Sequence[str]) -> tuple[str, ...]:
    """Comma-separated or repeated query values, both of which HubSpot takes."""
    return tuple(name for value in values for name in value.split(",") if name)


def _without_after(items: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in items if name != "after"]


async def _no_such_path(_request: Request, _error: Exception) -> Response:
    return errors.not_found().response()


EMULATED = Emulated(
    "HUBSPOT_URL",
    ("HUBSPOT_TOKEN",),
    lambda known, limits: HubSpot(known["HUBSPOT_TOKEN"], None, limits),
)
