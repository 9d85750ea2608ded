"""The Zoho CRM emulator: tokens that expire, its paths, and what people do in the organisation."""

import re
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from hmac import compare_digest
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.vendors.emulator import Emulator, Populated
from sandbox.vendors.limits import Limits, RollingLimit
from sandbox.vendors.replies import read_object
from sandbox.vendors.state import Clock, load
from sandbox.vendors.zoho import reading
from sandbox.vendors.zoho.modules import FIELDS, POINTERS, SYSTEM, Record, answer, deletion, refused

LARGEST_BATCH = 100
SEARCH = re.compile(r"\((\w+):in:(.+)\)")


class Zoho(Emulator):
    """POST /oauth/v2/token sells tokens; under /crm/v8/{module} records are read and written.

    `world` is a folder with `<Module>.parquet`, or None for an organisation that holds nothing.
    """

    open_paths = ("/oauth/v2/token",)

    def __init__(self, known: Mapping[str, str], limits: Limits, world: Path | None = None) -> None:
        module = "/crm/v8/{module}"
        routes = [
            Route("/oauth/v2/token", self._sell, methods=["POST"]),
            Route(f"{module}/upsert", self._upsert, methods=["POST"]),
            Route(f"{module}/search", self._search),
            Route(f"{module}/deleted", self._deleted),
            Route(module, self._list),
            Route(module, self._update, methods=["PUT"]),
            Route(module, self._delete, methods=["DELETE"]),
        ]
        super().__init__(routes, RollingLimit(limits.requests_second, 1))
        self._known = known
        self._tokens: set[str] = set()
        self._clock = Clock(timedelta(seconds=1))
        self.records: dict[str, dict[str, Record]] = {name: {} for name in FIELDS}
        self.bin: dict[str, dict[str, Record]] = {name: {} for name in FIELDS}
        self._last_id = 4_000_000_000_000
        for name in FIELDS if world else ():
            self._load(name, Path(str(world)) / f"{name}.parquet")

    def is_authorized(self, request: Request) -> bool:
        """By a token that was sold and has not expired."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        return scheme == "Zoho-oauthtoken" and token in self._tokens

    def expire(self) -> None:
        """All tokens sold so far are worth nothing any more."""
        self._tokens.clear()

    def error(self, status: int) -> object:
        """As Zoho writes errors of a whole request."""
        codes = {401: "INVALID_TOKEN", 429: "TOO_MANY_REQUESTS"}
        code = codes.get(status, "INTERNAL_ERROR")
        words = {"INVALID_TOKEN": "invalid oauth token"}.get(code, code.lower())
        return {"code": code, "details": {}, "message": words, "status": "error"}

    def dump(self) -> dict[str, Any]:
        """Records by module and id."""
        return {module: dict(records) for module, records in self.records.items()}

    def edit(self, name: str, records: list[dict[str, Any]]) -> list[str]:
        """Set fields as a person in the organisation, of new records where no id is given."""
        moment = self._moment()
        return [self._write(name, each.get("id"), each, moment) for each in records]

    def remove(self, name: str, ids: list[str]) -> None:
        """Delete as a person in the organisation, into the recycle bin."""
        moment = self._moment()
        for key in ids:
            gone = self.records[name].pop(key)
            self.bin[name][key] = deletion(gone, moment)

    def merge(self, name: str, loser: str, winner: str) -> None:
        """One record takes over what the other has, which is deleted."""
        lost, kept, moment = self.records[name][loser], self.records[name][winner], self._moment()
        filled = {k: v for k, v in lost.items() if kept.get(k) is None}
        kept |= {**filled, "Modified_Time": moment}
        for other, field in POINTERS[name].items():
            for record in self.records[other].values():
                if (record.get(field) or {}).get("id") == loser:
                    record |= {field: {"id": winner, "name": None}, "Modified_Time": moment}
        self.remove(name, [loser])

    async def _sell(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        wanted = {
            "grant_type": "refresh_token",
            "refresh_token": self._known["ZOHO_REFRESH_TOKEN"],
            "client_id": self._known["ZOHO_CLIENT_ID"],
            "client_secret": self._known["ZOHO_CLIENT_SECRET"],
        }
        if not all(compare_digest(str(form.get(name, "")), text) for name, text in wanted.items()):
            # Zoho says so with 200.
            return JSONResponse({"error": "invalid_client"})
        token = secrets.token_hex(16)
        self._tokens.add(token)
        return JSONResponse({"access_token": token, "expires_in": 3600, "token_type": "Bearer"})

    async def _list(self, request: Request) -> Response:
        module = _module(request)
        empty = dict.fromkeys(FIELDS[module])
        records = [{**empty, **record} for record in self.records[module].values()]
        if (
            module == "Leads"
            and (asked := request.query_params.get("converted", "false")) != "both"
        ):
            wanted = asked == "true"
            records = [each for each in records if bool(each.get("Converted__s")) is wanted]
        return reading.reply(request, records, "Modified_Time", reading.listed)

    async def _deleted(self, request: Request) -> Response:
        gone = list(self.bin[_module(request)].values())
        return reading.reply(request, gone, "deleted_time", reading.deletions)

    async def _upsert(self, request: Request) -> Response:
        module = _module(request)
        rows, body = await _rows(request)
        checks = body.get("duplicate_check_fields")
        if not isinstance(checks, list):
            raise refused("MANDATORY_NOT_FOUND", "duplicate_check_fields")
        moment = self._moment()
        return JSONResponse({"data": [self._written(module, row, checks, moment) for row in rows]})

    def _written(self, module: str, row: Record, checks: list[str], moment: str) -> dict[str, Any]:
        unknown = row.keys() - FIELDS[module]
        if unknown:
            return answer("INVALID_DATA", {"api_name": min(unknown)}, "invalid field")
        email = row.get("Email")
        if email is not None and "@" not in str(email).strip("@"):
            return answer("INVALID_DATA", {"api_name": "Email"}, f"invalid data: {email}")
        found = [
            key
            for key, record in self.records[module].items()
            if any(row.get(name) and record.get(name) == row[name] for name in checks)
        ]
        key = self._write(module, found[0] if found else None, row, moment)
        return answer("SUCCESS", {"id": key}, "record updated" if found else "record added")

    async def _update(self, request: Request) -> Response:
        module = _module(request)
        rows, _ = await _rows(request)
        moment = self._moment()
        return JSONResponse({"data": [self._changed(module, row, moment) for row in rows]})

    def _changed(self, module: str, row: Record, moment: str) -> dict[str, Any]:
        key = str(row.get("id"))
        if key not in self.records[module]:
            return answer("INVALID_DATA", {"id": key}, "the id given seems to be invalid")
        self._write(module, key, row, moment)
        return answer("SUCCESS", {"id": key}, "record updated")

    async def _search(self, request: Request) -> Response:
        module = _module(request)
        criteria = SEARCH.fullmatch(request.query_params.get("criteria", ""))
        if criteria is None:
            raise refused("INVALID_QUERY", "criteria")
        field, wanted = criteria.group(1), re.split(r"(?<!\\),", criteria.group(2))
        if len(wanted) > LARGEST_BATCH:
            raise refused("LIMIT_EXCEEDED", f"maximum {LARGEST_BATCH} values")
        values = {re.sub(r"\\(.)", r"\1", each).lower() for each in wanted}
        found = [
            {"id": key, field: record.get(field)}
            for key, record in self.records[module].items()
            if str(record.get(field)).lower() in values
        ]
        return JSONResponse({"data": found}) if found else Response(status_code=204)

    async def _delete(self, request: Request) -> Response:
        module = _module(request)
        ids = request.query_params.get("ids", "").split(",")
        if len(ids) > LARGEST_BATCH:
            raise refused("LIMIT_EXCEEDED", f"maximum {LARGEST_BATCH} records")
        answers = []
        for key in ids:
            if key in self.records[module]:
                self.remove(module, [key])
                answers.append(answer("SUCCESS", {"id": key}, "record deleted"))
            else:
                words = "the id given seems to be invalid"
                answers.append(answer("INVALID_DATA", {"id": key}, words))
        return JSONResponse({"data": answers})

    def _write(self, module: str, key: str | None, fields: Record, moment: str) -> str:
        """Sets fields of a record, or of a new one; returns its id."""
        if key is None:
            self._last_id += 1
            key = str(self._last_id)
        blank = {"id": key, "Created_Time": moment}
        record = self.records[module].setdefault(key, blank)
        told = {name: value for name, value in fields.items() if name not in SYSTEM}
        record |= {**told, "Modified_Time": moment}
        return key

    def _load(self, module: str, path: Path) -> None:
        for row in load(path):
            self._clock.saw(row.updated_at)
            self._last_id = max(self._last_id, int(row.id))
            if row.is_deleted:
                self.bin[module][row.id] = deletion({"id": row.id}, row.updated_at.isoformat())
            else:
                self.records[module][row.id] = row.record

    def _moment(self) -> str:
        """Now, as Zoho writes times."""
        moment: datetime = self._clock.tick()
        return moment.isoformat(timespec="seconds")


def _module(request: Request) -> str:
    module: str = request.path_params["module"]
    if module not in FIELDS:
        raise refused("INVALID_MODULE", module)
    return module


async def _rows(request: Request) -> tuple[list[Record], dict[str, Any]]:
    """The rows of a write, and its whole body."""
    body = await read_object(request, lambda: refused("INVALID_DATA", "body"))
    rows = body.get("data")
    if not isinstance(rows, list) or not rows:
        raise refused("MANDATORY_NOT_FOUND", "data")
    if len(rows) > LARGEST_BATCH:
        raise refused("LIMIT_EXCEEDED", f"maximum {LARGEST_BATCH} records")
    return rows, body


EMULATED = Populated(
    "ZOHO_URL",
    ("ZOHO_CLIENT_ID", "ZOHO_CLIENT_SECRET", "ZOHO_REFRESH_TOKEN"),
    Zoho,
    folder="zoho",
    fill=Zoho,
)
