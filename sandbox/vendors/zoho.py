"""A Zoho CRM organisation: tokens that expire, upsert and deletion of 100 records at a time."""

import re
import secrets
from collections.abc import Mapping
from hmac import compare_digest
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.vendors.emulator import Emulated, Emulator
from sandbox.vendors.limits import Limits, RollingLimit
from sandbox.vendors.replies import Refusal, read_object

LARGEST_BATCH = 100
# What the modules know; a text that is no address is refused in an e-mail field.
FIELDS = {
    "Contacts": {"Email", "First_Name", "Last_Name", "Mailing_City", "Kith_Revenue", "Kith_Stage"},
    "Leads": {"Email", "First_Name", "Last_Name", "Company", "City", "Kith_Revenue"},
}
SEARCH = re.compile(r"\((\w+):in:(.+)\)")
Record = dict[str, Any]


class Zoho(Emulator):
    """POST /oauth/v2/token sells tokens; POST /crm/v8/{module}/upsert; DELETE /crm/v8/{module}."""

    open_paths = ("/oauth/v2/token",)

    def __init__(self, known: Mapping[str, str], limits: Limits) -> None:
        upsert, module = "/crm/v8/{module}/upsert", "/crm/v8/{module}"
        routes = [
            Route("/oauth/v2/token", self._sell, methods=["POST"]),
            Route(upsert, self._upsert, methods=["POST"]),
            Route(module, self._update, methods=["PUT"]),
            Route(module, self._delete, methods=["DELETE"]),
            Route(f"{module}/search", self._search),
        ]
        super().__init__(routes, RollingLimit(limits.requests_second, 1))
        self._known = known
        self._tokens: set[str] = set()
        self.records: dict[str, dict[str, Record]] = {module: {} for module in FIELDS}
        self._next_id = 4_000_000_000_001

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
        return {"code": code, "details": {}, "message": code.lower(), "status": "error"}

    def dump(self) -> dict[str, Any]:
        """Records by module and id."""
        return {module: dict(records) for module, records in self.records.items()}

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

    async def _upsert(self, request: Request) -> Response:
        module = _module(request)
        body = await read_object(request, lambda: _refused("INVALID_DATA", "body"))
        rows, checks = body.get("data"), body.get("duplicate_check_fields")
        if not isinstance(rows, list) or not rows or not isinstance(checks, list):
            raise _refused("MANDATORY_NOT_FOUND", "data")
        if len(rows) > LARGEST_BATCH:
            raise _refused("LIMIT_EXCEEDED", f"maximum {LARGEST_BATCH} records")
        return JSONResponse({"data": [self._written(module, row, checks) for row in rows]})

    def _written(self, module: str, row: Record, checks: list[str]) -> dict[str, Any]:
        unknown = row.keys() - FIELDS[module]
        if unknown:
            return _answer("INVALID_DATA", {"api_name": min(unknown)}, "invalid field")
        email = row.get("Email")
        if email is not None and "@" not in str(email).strip("@"):
            return _answer("INVALID_DATA", {"api_name": "Email"}, f"invalid data: {email}")
        found = [
            key
            for key, record in self.records[module].items()
            if any(row.get(name) and record.get(name) == row[name] for name in checks)
        ]
        key = found[0] if found else str(self._next_id)
        self._next_id += not found
        self.records[module].setdefault(key, {}).update(row)
        action = {"id": key}
        return _answer("SUCCESS", action, "record updated" if found else "record added")

    async def _update(self, request: Request) -> Response:
        module = _module(request)
        body = await read_object(request, lambda: _refused("INVALID_DATA", "body"))
        rows = body.get("data")
        if not isinstance(rows, list) or not rows:
            raise _refused("MANDATORY_NOT_FOUND", "data")
        if len(rows) > LARGEST_BATCH:
            raise _refused("LIMIT_EXCEEDED", f"maximum {LARGEST_BATCH} records")
        return JSONResponse({"data": [self._changed(module, row) for row in rows]})

    def _changed(self, module: str, row: Record) -> dict[str, Any]:
        key = str(row.get("id"))
        if key not in self.records[module]:
            return _answer("INVALID_DATA", {"id": key}, "the id given seems to be invalid")
        self.records[module][key].update({k: v for k, v in row.items() if k != "id"})
        return _answer("SUCCESS", {"id": key}, "record updated")

    async def _search(self, request: Request) -> Response:
        module = _module(request)
        criteria = SEARCH.fullmatch(request.query_params.get("criteria", ""))
        if criteria is None:
            raise _refused("INVALID_QUERY", "criteria")
        field, wanted = criteria.group(1), re.split(r"(?<!\\),", criteria.group(2))
        if len(wanted) > LARGEST_BATCH:
            raise _refused("LIMIT_EXCEEDED", f"maximum {LARGEST_BATCH} values")
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
            raise _refused("LIMIT_EXCEEDED", f"maximum {LARGEST_BATCH} records")
        answers = []
        for key in ids:
            gone = self.records[module].pop(key, None)
            answers.append(
                _answer("SUCCESS", {"id": key}, "record deleted")
                if gone is not None
                else _answer("INVALID_DATA", {"id": key}, "the id given seems to be invalid")
            )
        return JSONResponse({"data": answers})


def _module(request: Request) -> str:
    module: str = request.path_params["module"]
    if module not in FIELDS:
        raise _refused("INVALID_MODULE", module)
    return module


def _answer(code: str, details: Record, message: str) -> dict[str, Any]:
    status = "success" if code == "SUCCESS" else "error"
    return {"code": code, "details": details, "message": message, "status": status}


def _refused(code: str, what: str) -> Refusal:
    return Refusal(400, {"code": code, "details": {}, "message": what, "status": "error"})


EMULATED = Emulated(
    "ZOHO_URL", ("ZOHO_CLIENT_ID", "ZOHO_CLIENT_SECRET", "ZOHO_REFRESH_TOKEN"), Zoho
)
