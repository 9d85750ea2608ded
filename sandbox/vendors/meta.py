"""A custom audience at Meta: people by fingerprints, taken 10,000 at a time; answers only count.

https://developers.facebook.com/docs/marketing-api/audiences/guides/custom-audiences
"""

import re
from collections.abc import Mapping
from hmac import compare_digest
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.vendors.emulator import Emulated, Emulator
from sandbox.vendors.limits import Limits, RollingLimit
from sandbox.vendors.replies import Refusal, read_object

AUDIENCE = "23851234567890123"
LARGEST_BATCH = 10_000
# Everything else in a schema is a fingerprint.
PLAIN = ("EXTERN_ID", "MADID")
HASHED = ("EMAIL", "PHONE", "FN", "LN", "FI", "ZIP", "CT", "ST", "COUNTRY", "DOBY", "DOBM", "DOBD")
FINGERPRINT = re.compile(r"[0-9a-f]{64}")
# Of the token, of a permission, of impatience; 2 is a fault of Meta's own.
CODES = {401: 190, 403: 200, 429: 80003}
Entry = dict[str, str]


class Meta(Emulator):
    """POST and DELETE /v25.0/{audience}/users {payload: {schema, data}}."""

    def __init__(self, known: Mapping[str, str], limits: Limits) -> None:
        routes = [Route("/v25.0/{audience}/users", self._users, methods=["POST", "DELETE"])]
        super().__init__(routes, RollingLimit(limits.requests_second, 1))
        self._token = f"Bearer {known['META_ACCESS_TOKEN']}"
        self.entries: list[Entry] = []

    def is_authorized(self, request: Request) -> bool:
        """By the token of a system user."""
        return compare_digest(request.headers.get("authorization", ""), self._token)

    def error(self, status: int) -> object:
        """As the Graph API writes errors."""
        return _error(CODES.get(status, 2), "the request was not accepted")

    def refusal(self, status: int) -> Response:
        """Impatience is met with 400 and a code of its own."""
        return JSONResponse(self.error(status), 400 if status == 429 else status)

    def dump(self) -> dict[str, Any]:
        """The people of the audience, each by the keys that they were added with."""
        return {"entries": list(self.entries)}

    async def _users(self, request: Request) -> Response:
        audience = request.path_params["audience"]
        if audience != AUDIENCE:
            raise _refused(100, f"Unsupported request. Object with ID '{audience}' does not exist")
        content = await read_object(request, lambda: _refused(100, "Invalid parameter"))
        schema, rows = _payload(content)
        entries = [dict(zip(schema, row, strict=True)) for row in rows]
        valid = [entry for entry in entries if _is_valid(entry)]
        for entry in valid:
            self._remove(entry)
        if request.method == "POST":
            self.entries += valid
        answer = {
            "audience_id": audience,
            "session_id": "1",
            "num_received": len(entries),
            "num_invalid_entries": len(entries) - len(valid),
            "invalid_entry_samples": {},
        }
        return JSONResponse(answer)

    def _remove(self, entry: Entry) -> None:
        """Whoever has one of the identifying keys in common is the same person."""
        named = {key: entry[key] for key in ("EXTERN_ID", "EMAIL", "PHONE") if entry.get(key)}
        self.entries = [
            known
            for known in self.entries
            if not any(known.get(key) == value for key, value in named.items())
        ]


def _payload(content: dict[str, Any]) -> tuple[list[str], list[list[str]]]:
    payload = content.get("payload")
    payload = payload if isinstance(payload, dict) else {}
    schema, rows = payload.get("schema"), payload.get("data")
    if not isinstance(schema, list) or not isinstance(rows, list) or not schema or not rows:
        raise _refused(100, "(#100) The parameter payload is required")
    unknown = [key for key in schema if key not in (*PLAIN, *HASHED)]
    if unknown:
        raise _refused(100, f"(#100) Invalid schema key: {unknown[0]}")
    if len(rows) > LARGEST_BATCH:
        raise _refused(100, f"(#100) At most {LARGEST_BATCH} users can be changed at once")
    if any(not isinstance(row, list) or len(row) != len(schema) for row in rows):
        raise _refused(100, "(#100) data does not match the schema")
    if any(not isinstance(value, str) for row in rows for value in row):
        raise _refused(100, "(#100) values must be strings; a missing one is empty")
    return schema, rows


def _is_valid(entry: Entry) -> bool:
    filled = {key: value for key, value in entry.items() if value}
    hashed = [value for key, value in filled.items() if key in HASHED]
    return bool(filled) and all(FINGERPRINT.fullmatch(value) for value in hashed)


def _error(code: int, message: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": "OAuthException", "code": code}}


def _refused(code: int, message: str) -> Refusal:
    return Refusal(400, _error(code, message))


EMULATED = Emulated("META_URL", ("META_ACCESS_TOKEN",), Meta)
