"""The Pipedrive emulator: its paths, its budget of tokens a day, and what people do in it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from hmac import compare_digest
from pathlib import Path
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.vendors.emulator import Emulator, Populated
from sandbox.vendors.limits import Limits, RollingLimit
from sandbox.vendors.pipedrive import listing
from sandbox.vendors.pipedrive.schema import (
    BLANK,
    CUSTOM,
    Key,
    Record,
    addresses,
    check,
    invalid,
    item,
    malformed,
    said,
)
from sandbox.vendors.replies import Refusal, read_object
from sandbox.vendors.state import Clock, load

PATH = "/api/v2/persons"
SEARCH, LIST, LIST_V1, WRITE, DELETE = 20, 10, 20, 5, 3
# What points at a person or an organization, and follows when two are merged.
POINTERS = {
    "persons": {"deals": "person_id", "activities": "person_id", "leads": "person_id"},
    "organizations": {
        **{"persons": "org_id", "deals": "org_id", "activities": "org_id"},
        "leads": "organization_id",
    },
}


class Pipedrive(Emulator):
    """Persons are searched, listed and written; the other objects are listed.

    `world` is a folder with `<object>.parquet`, or None for a company that holds nothing.
    """

    def __init__(self, known: Mapping[str, str], limits: Limits, world: Path | None = None) -> None:
        routes = [
            Route(f"{PATH}/search", self._search),
            Route(PATH, self._add, methods=["POST"]),
            Route(f"{PATH}/{{id:int}}", self._change, methods=["PATCH"]),
            Route(f"{PATH}/{{id:int}}", self._delete, methods=["DELETE"]),
            Route("/api/v2/deals/archived", self._archived),
            Route("/api/v2/{object}", self._list),
            Route("/v1/leads", self._leads),
        ]
        super().__init__(routes, RollingLimit(limits.requests_second, 1))
        self._token = known["PIPEDRIVE_TOKEN"]
        self._clock = Clock(timedelta(seconds=1))
        self.tokens = self.budget = limits.pipedrive_day_tokens
        self.tables: dict[str, dict[Key, Record]] = {name: {} for name in BLANK}
        self.persons = self.tables["persons"]
        for name in self.tables if world else ():
            self._load(name, Path(str(world)) / f"{name}.parquet")

    def is_authorized(self, request: Request) -> bool:
        """By the token of a user."""
        return compare_digest(request.headers.get("x-api-token", ""), self._token)

    def admit(self, request: Request) -> Response | None:
        """Also 429 once the day's tokens are spent; a request that finds none left costs none."""
        if (refused := super().admit(request)) is not None:
            return refused
        cost = _cost(request)
        if cost > self.tokens:
            headers = {
                "x-daily-ratelimit-token-limit": str(self.budget),
                "x-daily-ratelimit-token-remaining": "0",
            }
            return JSONResponse(said("daily request limit exceeded"), 429, headers)
        self.tokens -= cost
        return None

    def refusal(self, status: int) -> Response:
        """A burst is over after the seconds of `x-ratelimit-reset`."""
        headers = {"x-ratelimit-reset": "1"} if status == 429 else None
        return JSONResponse(self.error(status), status, headers)

    def error(self, status: int) -> object:
        """As Pipedrive writes errors."""
        words = {401: "unauthorized access", 429: "request over limit"}
        return said(words.get(status, "Requested service is not available"))

    def new_day(self) -> None:
        """All tokens again."""
        self.tokens = self.budget

    def dump(self) -> dict[str, Any]:
        """Records by object and id, those marked as deleted too."""
        return {
            name: {str(key): dict(record) for key, record in table.items()}
            for name, table in self.tables.items()
        }

    def edit(self, name: str, records: list[dict[str, Any]]) -> list[str]:
        """Set fields as a person in the company, of new records where no id is given."""
        moment = self._moment()
        return [str(self._write(name, dict(each), moment)["id"]) for each in records]

    def remove(self, name: str, ids: list[str]) -> None:
        """Delete as a person in the company: still there for 30 days, yet lists pass it over."""
        for key in ids:
            if name == "leads":
                del self.tables[name][key]
            else:
                mark = {"is_deleted": True, "update_time": self._moment()}
                self.tables[name][int(key)].update(mark)

    def merge(self, name: str, loser: str, winner: str) -> None:
        """One person or organization takes over what the other has, which is deleted."""
        moment, table = self._moment(), self.tables[name]
        lost, kept = table[int(loser)], table[int(winner)]
        for field, value in lost.items():
            if kept.get(field) in (None, ""):
                kept[field] = value
        for field in ("emails", "phones") if name == "persons" else ():
            held = {entry["value"] for entry in kept[field]}
            more = [e | {"primary": not held} for e in lost[field] if e["value"] not in held]
            kept[field] = kept[field] + more
        kept["update_time"] = moment
        for other, field in POINTERS[name].items():
            for record in self.tables[other].values():
                if record[field] == lost["id"]:
                    record.update({field: kept["id"], "update_time": moment})
        self.remove(name, [loser])

    async def _list(self, request: Request) -> Response:
        name = request.path_params["object"]
        if name not in self.tables or name == "leads":
            raise Refusal(404, said("Unknown method"))
        records = list(self.tables[name].values())
        if name == "deals":
            records = [deal for deal in records if not deal["is_archived"]]
            records = listing.with_status(records, request.query_params)
        else:
            records = [record for record in records if not record["is_deleted"]]
        return JSONResponse(listing.by_cursor(records, request.query_params))

    async def _archived(self, request: Request) -> Response:
        deals = [deal for deal in self.tables["deals"].values() if deal["is_archived"]]
        deals = listing.with_status(deals, request.query_params)
        return JSONResponse(listing.by_cursor(deals, request.query_params))

    async def _leads(self, request: Request) -> Response:
        leads = [lead for lead in self.tables["leads"].values() if not lead["is_archived"]]
        return JSONResponse(listing.by_offset(leads, request.query_params))

    async def _search(self, request: Request) -> Response:
        term = request.query_params.get("term", "")
        if len(term) < 1 or request.query_params.get("exact_match") != "true":
            raise invalid("term", "the sandbox searches by exact match")
        found = [
            {"result_score": 1.0, "item": item(person)}
            for person in self.persons.values()
            if not person["is_deleted"] and term.lower() in map(str.lower, addresses(person))
        ]
        reply = {"success": True, "data": {"items": found}}
        return JSONResponse({**reply, "additional_data": {"next_cursor": None}})

    async def _add(self, request: Request) -> Response:
        given = await read_object(request, malformed)
        check(given)
        if not given.get("name"):
            raise invalid("name", "is required")
        return self._written(given, 201)

    async def _change(self, request: Request) -> Response:
        key, given = self._key(request), await read_object(request, malformed)
        check(given)
        if given.get("name", "-") in (None, ""):
            raise invalid("name", "is not allowed to be empty")
        return self._written({"id": key, **given}, 200)

    async def _delete(self, request: Request) -> Response:
        key = self._key(request)
        self.remove("persons", [str(key)])
        return JSONResponse({"success": True, "data": {"id": key}})

    def _written(self, given: Record, status: int) -> Response:
        person = self._write("persons", given, self._moment())
        return JSONResponse({"success": True, "data": person}, status)

    def _write(self, name: str, given: Record, moment: str) -> Record:
        """The record with these fields set; a new one without an id that is known."""
        table = self.tables[name]
        key: Key = given.pop("id", None) or self._new_key(name)
        key = key if name == "leads" else int(key)
        blank = {"id": key, **BLANK[name], "is_deleted": False, "add_time": moment}
        record = table.get(key) or blank
        if name == "persons":
            given = _person(given, record)
        record |= {**given, "update_time": moment}
        table[key] = record
        return record

    def _new_key(self, name: str) -> Key:
        if name == "leads":
            return str(uuid4())
        return max(map(int, self.tables[name]), default=0) + 1

    def _load(self, name: str, path: Path) -> None:
        for row in load(path):
            self._clock.saw(row.updated_at)
            key = row.id if name == "leads" else int(row.id)
            if not (name == "leads" and row.is_deleted):
                record = {**BLANK[name], **row.record, "is_deleted": row.is_deleted}
                self.tables[name][key] = record | (_person({}, record) if name == "persons" else {})

    def _moment(self) -> str:
        """Now, as Pipedrive writes times."""
        moment: datetime = self._clock.tick()
        return moment.isoformat(timespec="seconds").replace("+00:00", "Z")

    def _key(self, request: Request) -> int:
        key: int = request.path_params["id"]
        if key not in self.persons or self.persons[key]["is_deleted"]:
            raise Refusal(404, said("Person not found", "ERR_NOT_FOUND"))
        return key


def _person(given: Record, before: Record) -> Record:
    """What is set of a person: custom fields one by one, and both names with the whole one."""
    custom = {name: before.get("custom_fields", {}).get(name) for name in CUSTOM}
    told = {**given, "custom_fields": {**custom, **given.get("custom_fields", {})}}
    if given.get("name"):
        first, _, last = given["name"].partition(" ")
        told = {"first_name": first, "last_name": last or None, **told}
    return told


def _cost(request: Request) -> int:
    """Tokens of the day that a request takes."""
    if request.method == "GET":
        if request.url.path.endswith("/search"):
            return SEARCH
        return LIST_V1 if request.url.path.startswith("/v1") else LIST
    return {"POST": WRITE, "PATCH": WRITE, "DELETE": DELETE}.get(request.method, 0)


EMULATED = Populated(
    "PIPEDRIVE_URL", ("PIPEDRIVE_TOKEN",), Pipedrive, folder="pipedrive", fill=Pipedrive
)
