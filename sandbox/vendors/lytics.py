"""A Lytics account: records of streams become profiles, and profiles are queued for deletion.

Follows https://www.contentstack.com/docs/developers/apis/lytics-api/v1/dataupload and
https://www.contentstack.com/docs/lytics/bulk-user-deletion.
"""

import json
from collections.abc import Mapping
from hmac import compare_digest
from secrets import token_hex
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.vendors.emulator import Emulated, Emulator
from sandbox.vendors.limits import Limits, RollingLimit
from sandbox.vendors.replies import Refusal, read_object

LARGEST_REQUEST = 10_000_000
LARGEST_RECORD = 4_000
LARGEST_RECORD_IN_A_BATCH = 16_000
# By which fields of a record the account's schema finds a profile.
IDENTITY_FIELDS = ("email", "user_id")
CODES = {401: "UNAUTHORIZED-017", 429: "UNKNOWN-000"}
Record = dict[str, Any]


class Lytics(Emulator):
    """POST /collect/json/{stream}; DELETE /v2/identity/queue/bulk/{table}/{field}.

    A profile keeps the latest value that is not null. A deletion is carried out at once here.
    """

    def __init__(self, known: Mapping[str, str], limits: Limits) -> None:
        bulk = "/v2/identity/queue/bulk/{table}/{field}"
        routes = [
            Route("/collect/json/{stream}", self._collect, methods=["POST"]),
            Route(bulk, self._delete, methods=["DELETE"]),
        ]
        super().__init__(routes, RollingLimit(limits.requests_second, 1))
        self._key = known["LYTICS_API_KEY"]
        self._queued: dict[tuple[str, str], str] = {}
        self.profiles: dict[str, dict[str, Record]] = {field: {} for field in IDENTITY_FIELDS}
        self.streams: dict[str, int] = {}

    def is_authorized(self, request: Request) -> bool:
        """By the key."""
        return compare_digest(request.headers.get("authorization", ""), self._key)

    def error(self, status: int) -> object:
        """As version 2 writes errors; there is no word on when to come back."""
        return _error(status, CODES.get(status, "INTERNAL-019"), f"status {status}")

    def refusal(self, status: int) -> Response:
        """Without Retry-After."""
        return JSONResponse(self.error(status), status)

    def dump(self) -> dict[str, Any]:
        """Profiles by identity field and value; the number of records by stream."""
        return {"profiles": self.profiles, "streams": self.streams}

    async def _collect(self, request: Request) -> Response:
        content = await request.body()
        if len(content) > LARGEST_REQUEST:
            raise Refusal(413, _error(413, "BADREQ-001", "request is larger than 10MB"))
        try:
            body = json.loads(content)
        except ValueError:
            raise _refused("JSON-BADREQ-025", "malformed JSON") from None
        records = body if isinstance(body, list) else [body]
        largest = LARGEST_RECORD_IN_A_BATCH if isinstance(body, list) else LARGEST_RECORD
        taken = [record for record in records if _is_usable(record, largest)]
        stream: str = request.path_params["stream"]
        for record in taken:
            self._take(record)
        self.streams[stream] = self.streams.get(stream, 0) + len(taken)
        counts = {"message_count": len(taken), "rejected_count": len(records) - len(taken)}
        return JSONResponse({"status": 200, "message": "success", "data": counts})

    def _take(self, record: Record) -> None:
        told = {name: value for name, value in record.items() if value is not None}
        for field in IDENTITY_FIELDS:
            if told.get(field):
                self.profiles[field].setdefault(str(told[field]), {}).update(told)
                self._queued.pop((field, str(told[field])), None)

    async def _delete(self, request: Request) -> Response:
        body = await read_object(request, lambda: _refused("BADREQ-001", "no object"))
        values = body.get("values")
        if not isinstance(values, list):
            raise _refused("BADREQ-001", "the body must have values")
        table, field = request.path_params["table"], request.path_params["field"]
        successes, errors = {}, {}
        for value in map(str, values):
            if table != "user" or field not in IDENTITY_FIELDS or not value.strip():
                errors[value] = f"value was not queued: no such identity field {table}.{field}"
                continue
            successes[value] = self._queued.setdefault((field, value), f"req-{token_hex(4)}")
            self.profiles[field].pop(value, None)
        answer = {"data": {"successes": successes, "errors": errors}, "status": 202}
        return JSONResponse(answer, 202)


def _is_usable(record: object, largest: int) -> bool:
    if not isinstance(record, dict) or len(json.dumps(record).encode()) > largest:
        return False
    lists = [value for value in record.values() if isinstance(value, list)]
    return not any(isinstance(each, dict) for values in lists for each in values)


def _error(status: int, code: str, message: str) -> object:
    return {"status": status, "request_id": "", "errors": [{"code": code, "message": message}]}


def _refused(code: str, message: str) -> Refusal:
    return Refusal(400, _error(400, code, message))


EMULATED = Emulated("LYTICS_URL", ("LYTICS_API_KEY",), Lytics)
