"""A Zendesk account: tickets and users as the incremental export tells them, and ratings."""

from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.vendors.emulator import Emulated, Emulator
from sandbox.vendors.limits import Limits, RollingLimit
from sandbox.vendors.replies import Refusal
from sandbox.vendors.state import Clock

Record = dict[str, Any]

LARGEST_EXPORT, LARGEST_PAGE = 1_000, 100
EXPORTS_MINUTE = 10
# What is told, what changed within so many seconds is left to the next export.
SETTLING_SECONDS = 60
BLANK: dict[str, Record] = {
    "tickets": {
        **{"subject": None, "status": "new", "priority": None, "requester_id": None},
        **{"description": "", "via": {"channel": "web"}, "tags": []},
        **{"satisfaction_rating": None, "metric_set": {"solved_at": None}},
    },
    "users": {
        **{"name": None, "email": None, "phone": None, "external_id": None, "role": "end-user"},
        **{"active": True, "notes": ""},
    },
    "satisfaction_ratings": {"ticket_id": None, "requester_id": None, "score": "offered"},
}


class Zendesk(Emulator):
    """Exports page by a cursor that stands at a change; ratings page by their id."""

    def __init__(self, known: Mapping[str, str], limits: Limits) -> None:
        routes = [
            Route("/api/v2/incremental/{object}/cursor.json", self._export),
            Route("/api/v2/satisfaction_ratings.json", self._ratings),
        ]
        super().__init__(routes, RollingLimit(limits.requests_second, 1))
        pair = f"{known['ZENDESK_EMAIL']}/token:{known['ZENDESK_TOKEN']}"
        self._credentials = f"Basic {b64encode(pair.encode()).decode()}"
        self._clock = Clock(timedelta(seconds=1))
        self.exports = RollingLimit(EXPORTS_MINUTE, 60)
        self.settling_seconds = SETTLING_SECONDS
        self.tables: dict[str, dict[int, Record]] = {name: {} for name in BLANK}

    def is_authorized(self, request: Request) -> bool:
        """By the address of an agent and a token, as user and password."""
        return compare_digest(request.headers.get("authorization", ""), self._credentials)

    def admit(self, request: Request) -> Response | None:
        """Exports have a limit of their own, by the minute."""
        if (refused := super().admit(request)) is not None:
            return refused
        if "/incremental/" in request.url.path and not self.exports.admit():
            return self.refusal(429)
        return None

    def error(self, status: int) -> object:
        """As Zendesk writes errors."""
        if status == 401:
            return {"error": "Couldn't authenticate you"}
        if status == 429:
            return {"error": "APIRateLimitExceeded", "description": "Number of requests exceeded"}
        return {"error": "InternalError", "description": "Something went wrong"}

    def dump(self) -> dict[str, Any]:
        """Records by object and id, deleted ones too."""
        return {
            name: {str(key): dict(record) for key, record in table.items()}
            for name, table in self.tables.items()
        }

    def edit(self, name: str, records: list[Record]) -> list[str]:
        """Set fields as an agent does, of new records where no id is given."""
        return [str(self._write(name, dict(each))) for each in records]

    def remove(self, name: str, ids: list[str]) -> None:
        """Delete as an agent does: exports tell it."""
        gone = ("status", "deleted") if name == "tickets" else ("active", False)
        self.edit(name, [{"id": int(key), gone[0]: gone[1]} for key in ids])

    def merge(self, loser: str, winner: str) -> None:
        """One user takes over the tickets of another, who is no longer active."""
        self.remove("users", [loser])
        for key, ticket in self.tables["tickets"].items():
            if ticket["requester_id"] == int(loser):
                self.edit("tickets", [{"id": key, "requester_id": int(winner)}])

    def touch(self, ticket: str) -> None:
        """A change of the system, which does not move `updated_at`."""
        self.tables["tickets"][int(ticket)]["generated_timestamp"] = int(
            self._clock.tick().timestamp()
        )

    def _write(self, name: str, given: Record) -> int:
        table, moment = self.tables[name], self._clock.tick()
        told = moment.isoformat().replace("+00:00", "Z")
        key = int(given.pop("id", 0)) or max(table, default=100) + 1
        record = table.setdefault(key, {"id": key, **BLANK[name], "created_at": told})
        record |= {**given, "updated_at": told}
        if name == "tickets":
            record["generated_timestamp"] = int(moment.timestamp())
            if record["status"] in ("solved", "closed") and not record["metric_set"]["solved_at"]:
                record["metric_set"] = {"solved_at": told}
        return key

    async def _export(self, request: Request) -> Response:
        name, asked = request.path_params["object"], request.query_params
        if name not in ("tickets", "users"):
            raise Refusal(404, {"error": "InvalidEndpoint", "description": "Not found"})
        size = _size(asked.get("per_page", str(LARGEST_EXPORT)), LARGEST_EXPORT)
        place = _read(asked["cursor"]) if "cursor" in asked else (self._start(asked), 0)
        latest = self._clock.tick().timestamp() - self.settling_seconds
        found = sorted(
            (_changed(record), key)
            for key, record in self.tables[name].items()
            if (_changed(record), key) > place and _changed(record) <= latest
        )
        page = found[:size]
        end = page[-1] if page else place
        cursor = urlsafe_b64encode(f"{end[0]}||{end[1]}".encode()).decode()
        records = [self._shown(name, key, asked) for _, key in page]
        reply = {name: records, "after_cursor": cursor, "end_of_stream": len(found) <= size}
        return JSONResponse(reply | {"after_url": f"{request.url.path}?cursor={cursor}"})

    def _shown(self, name: str, key: int, asked: Mapping[str, str]) -> Record:
        record = dict(self.tables[name][key])
        if "metric_sets" not in asked.get("include", ""):
            record.pop("metric_set", None)
        return record

    @staticmethod
    def _start(asked: Mapping[str, str]) -> int:
        told = asked.get("start_time", "")
        if not told.isdigit():
            raise _invalid("start_time is required")
        if int(told) > datetime.now(UTC).timestamp() - SETTLING_SECONDS:
            raise _invalid("Too recent start_time. Use a start_time older than 60 seconds")
        return int(told)

    async def _ratings(self, request: Request) -> Response:
        asked = request.query_params
        size = _size(asked.get("page[size]", ""), LARGEST_PAGE)
        since, after = int(asked.get("start_time", 0)), int(asked.get("page[after]", 0))
        found = [
            record
            for key, record in sorted(self.tables["satisfaction_ratings"].items())
            if key > after and datetime.fromisoformat(record["created_at"]).timestamp() >= since
        ]
        page, more = found[:size], len(found) > size
        meta = {"has_more": more, "after_cursor": str(page[-1]["id"]) if page else None}
        return JSONResponse({"satisfaction_ratings": page, "meta": meta})


def _changed(record: Record) -> int:
    told: int | None = record.get("generated_timestamp")
    return told or int(datetime.fromisoformat(record["updated_at"]).timestamp())


def _read(cursor: str) -> tuple[int, int]:
    try:
        moment, _, key = urlsafe_b64decode(cursor).decode().partition("||")
        return int(moment), int(key)
    except ValueError:
        raise _invalid("cursor is invalid") from None


def _size(told: str, largest: int) -> int:
    if not told.isdigit() or not 1 <= int(told) <= largest:
        raise _invalid(f"a page has 1 to {largest}")
    return int(told)


def _invalid(what: str) -> Refusal:
    return Refusal(422, {"error": "InvalidValue", "description": what})


EMULATED = Emulated("ZENDESK_URL", ("ZENDESK_EMAIL", "ZENDESK_TOKEN"), Zendesk)
