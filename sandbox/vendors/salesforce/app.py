"""The Salesforce emulator: an org with leads, contacts, accounts and opportunities."""

import re
import secrets
import time
from collections.abc import Mapping
from hmac import compare_digest
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.vendors.emulator import Emulated
from sandbox.vendors.limits import Limits, RollingLimit
from sandbox.vendors.replies import Refusal, read_object, refuse
from sandbox.vendors.salesforce import composite, errors
from sandbox.vendors.salesforce.activities import activity_types
from sandbox.vendors.salesforce.bulk import Jobs
from sandbox.vendors.salesforce.objects import Objects
from sandbox.vendors.salesforce.query import Queries
from sandbox.vendors.salesforce.query_jobs import QueryJobs
from sandbox.vendors.salesforce.schema import Field, object_types
from sandbox.vendors.state import Clock

TOKEN_PATH = "/services/oauth2/token"  # noqa: S105 - a path, not a secret
VERSION = re.compile(r"v\d\d\.0")
DAY = 24 * 60 * 60


class Salesforce:
    """State and handlers; `world` is a folder with `<Object>.parquet`, or None for an empty org."""

    def __init__(self, client: tuple[str, str], world: Path | None, limits: Limits) -> None:
        self._client = client
        self._tokens: set[str] = set()
        self._limit = RollingLimit(limits.salesforce_day, DAY)
        self.clock = Clock()
        kinds = object_types() | activity_types()
        self.org = {name: Objects(kind, self.clock) for name, kind in kinds.items()}
        for name, objects in self.org.items() if world else ():
            objects.load(Path(str(world)) / f"{name}.parquet")
        self._queries = Queries(self.org)
        self.bulk = Jobs(self.org)
        self.query_jobs = QueryJobs(self._queries)
        self.app = Starlette(
            routes=self._routes(),
            exception_handlers={Refusal: refuse, 404: _no_such_path, 405: _no_such_path},
        )

    def admit(self, request: Request) -> Response | None:
        """401 without a living session, 403 over the daily limit; the token path needs neither."""
        if request.url.path == TOKEN_PATH:
            return None
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in self._tokens:
            return errors.session_expired().response()
        return None if self._limit.admit() else self.refusal(429)

    def refusal(self, status: int) -> Response:
        """Salesforce's words; a 401 ends every session, so only a new token helps."""
        if status == 401:
            self._tokens.clear()
            return errors.session_expired().response()
        if status == 429:
            return errors.over_limit().response()
        code = "SERVER_UNAVAILABLE" if status == 503 else "UNKNOWN_EXCEPTION"
        return errors.refusal(status, code, "An unexpected error occurred").response()

    def dump(self) -> dict[str, Any]:
        """{object: {id: fields}}, the recycle bin too."""
        return {
            name: {key: record.fields for key, record in objects.table.records.items()}
            for name, objects in self.org.items()
        }

    def edit(self, name: str, records: list[dict[str, Any]]) -> list[str]:
        """Set fields, of the record with `Id` if given, as a person in the org; returns the ids."""
        objects, moment = self.org[name], self.clock.tick()
        return [
            objects.write(item.get("Id"), {k: v for k, v in item.items() if k != "Id"}, moment).id
            for item in records
        ]

    def remove(self, name: str, ids: list[str]) -> None:
        """Delete as a person in the org."""
        for key in ids:
            self.org[name].delete(key)

    def purge(self, name: str, ids: list[str]) -> None:
        """Delete for good, as the bin does after 15 days."""
        for key in ids:
            self.org[name].table.erase(key)

    def field_route(self) -> Route:
        """The control with which tests create a custom field, as an admin does in Setup."""

        async def define(request: Request) -> Response:
            body = await read_object(request, errors.not_json)
            self.org[body.pop("object")].define(Field(**body))
            return Response(status_code=204)

        return Route("/_sandbox/fields", define, methods=["POST"])

    def _routes(self) -> list[Route]:
        data = "/services/data/{version}"
        return [
            Route(TOKEN_PATH, self._token, methods=["POST"]),
            Route(f"{data}/query", self._query),
            Route(f"{data}/queryAll", self._query),
            Route(f"{data}/query/{{locator}}", self._more),
            Route(f"{data}/sobjects/{{object}}/describe", self._describe),
            Route(f"{data}/composite/sobjects", self._delete, methods=["DELETE"]),
            Route(f"{data}/composite/sobjects", self._update, methods=["PATCH"]),
            Route(
                f"{data}/composite/sobjects/{{object}}/{{field}}", self._upsert, methods=["PATCH"]
            ),
            Route(f"{data}/jobs/ingest", self._create_job, methods=["POST"]),
            Route(f"{data}/jobs/ingest/{{job}}", self._change_job, methods=["PATCH"]),
            Route(f"{data}/jobs/ingest/{{job}}", self._tell_job),
            Route(f"{data}/jobs/ingest/{{job}}/batches", self._upload, methods=["PUT"]),
            Route(f"{data}/jobs/ingest/{{job}}/{{results}}", self._results),
            Route(f"{data}/jobs/query", self._create_query_job, methods=["POST"]),
            Route(
                f"{data}/jobs/query/{{job}}", self._query_job, methods=["GET", "PATCH", "DELETE"]
            ),
            Route(f"{data}/jobs/query/{{job}}/results", self._query_results),
        ]

    async def _token(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        if form.get("grant_type") != "client_credentials":
            return _no_token("unsupported_grant_type", "grant type not supported")
        given = (form.get("client_id", ""), form.get("client_secret", ""))
        if not all(map(compare_digest, given, self._client)):
            return _no_token("invalid_client", "invalid client credentials")
        token = f"00DKi0000000001!{secrets.token_urlsafe(32)}"
        self._tokens.add(token)
        self.bulk.pass_time()
        url = str(request.base_url).rstrip("/")
        issued = str(int(time.time() * 1000))
        reply = {"access_token": token, "instance_url": url, "issued_at": issued}
        return JSONResponse({**reply, "token_type": "Bearer", "scope": "api"})

    async def _query(self, request: Request) -> Response:
        version, text = _version(request), request.query_params.get("q", "")
        with_deleted = request.url.path.endswith("/queryAll")
        return self._counted(JSONResponse(self._queries.run(text, version, with_deleted)))

    async def _more(self, request: Request) -> Response:
        locator = request.path_params["locator"]
        return self._counted(JSONResponse(self._queries.more(locator, _version(request))))

    async def _describe(self, request: Request) -> Response:
        kind = self._of(request).kind
        fields = [item.description() for item in kind.fields]
        reply = {"name": kind.name, "keyPrefix": kind.prefix, "fields": fields}
        return self._counted(JSONResponse(reply))

    async def _upsert(self, request: Request) -> Response:
        objects, name = self._of(request), request.path_params["field"]
        body = await read_object(request, errors.not_json)
        return self._counted(JSONResponse(composite.upsert(self.org, objects, name, body)))

    async def _update(self, request: Request) -> Response:
        _version(request)
        body = await read_object(request, errors.not_json)
        return self._counted(JSONResponse(composite.update(self.org, body)))

    async def _create_job(self, request: Request) -> Response:
        _version(request)
        body = await read_object(request, errors.not_json)
        return self._counted(JSONResponse(self.bulk.create(body)))

    async def _upload(self, request: Request) -> Response:
        self.bulk.upload(request.path_params["job"], await request.body())
        return self._counted(Response(status_code=201))

    async def _change_job(self, request: Request) -> Response:
        body = await read_object(request, errors.not_json)
        changed = self.bulk.change(request.path_params["job"], body.get("state"))
        return self._counted(JSONResponse(changed))

    async def _tell_job(self, request: Request) -> Response:
        return self._counted(JSONResponse(self.bulk.info(request.path_params["job"])))

    async def _results(self, request: Request) -> Response:
        words = request.path_params
        text = self.bulk.results(words["job"], words["results"])
        return self._counted(Response(text, media_type="text/csv"))

    async def _create_query_job(self, request: Request) -> Response:
        body = await read_object(request, errors.not_json)
        return self._counted(JSONResponse(self.query_jobs.create(body, _version(request))))

    async def _query_job(self, request: Request) -> Response:
        key = request.path_params["job"]
        if request.method == "DELETE":
            self.query_jobs.delete(key)
            return self._counted(Response(status_code=204))
        if request.method == "PATCH":
            body = await read_object(request, errors.not_json)
            return self._counted(JSONResponse(self.query_jobs.abort(key, body.get("state"))))
        return self._counted(JSONResponse(self.query_jobs.info(key)))

    async def _query_results(self, request: Request) -> Response:
        key, version = request.path_params["job"], _version(request)
        text, headers = self.query_jobs.results(key, version, request.query_params)
        return self._counted(Response(text, headers=headers, media_type="text/csv"))

    async def _delete(self, request: Request) -> Response:
        _version(request)
        ids = [key for key in request.query_params.get("ids", "").split(",") if key]
        all_or_none = request.query_params.get("allOrNone") == "true"
        return self._counted(JSONResponse(composite.delete(self.org, ids, all_or_none)))

    def _of(self, request: Request) -> Objects:
        _version(request)
        try:
            return self.org[request.path_params["object"]]
        except KeyError:
            raise errors.not_found() from None

    def _counted(self, response: Response) -> Response:
        usage = f"api-usage={self._limit.used}/{self._limit.limit}"
        response.headers["Sforce-Limit-Info"] = usage
        return response


def _version(request: Request) -> str:
    version: str = request.path_params["version"]
    if not VERSION.fullmatch(version):
        raise errors.not_found()
    return version


def _no_token(error: str, description: str) -> Response:
    return JSONResponse({"error": error, "error_description": description}, 400)


async def _no_such_path(_request: Request, _error: Exception) -> Response:
    return errors.not_found().response()


def _made(known: Mapping[str, str], limits: Limits) -> Salesforce:
    client = (known["SALESFORCE_CLIENT_ID"], known["SALESFORCE_CLIENT_SECRET"])
    return Salesforce(client, None, limits)


EMULATED = Emulated("SALESFORCE_URL", ("SALESFORCE_CLIENT_ID", "SALESFORCE_CLIENT_SECRET"), _made)
