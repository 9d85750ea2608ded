"""A BlueConic tenant: profiles are written, found by unique identifiers, and deleted by their id.

Follows the vendor's OpenAPI document, https://rest.apidoc.blueconic.com/, PUT /profiles.
"""

import json
import secrets
from collections.abc import Mapping
from hmac import compare_digest
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.vendors.emulator import Emulated, Emulator
from sandbox.vendors.limits import Limits, RollingLimit
from sandbox.vendors.replies import Refusal

UNIQUE_IDENTIFIERS = {"email", "crm_id"}
STRATEGIES = {"UPSERT", "UPDATE", "DELETE"}
Values = list[str]
Entry = dict[str, Any]


class BlueConic(Emulator):
    """PUT /rest/v2/profiles; too long a list is answered with 413, its beginning processed."""

    open_paths = ("/rest/v2/oauth/token",)

    def __init__(self, known: Mapping[str, str], limits: Limits, largest_batch: int = 1000) -> None:
        routes = [
            Route("/rest/v2/oauth/token", self._sell, methods=["POST"]),
            Route("/rest/v2/profiles", self._put, methods=["PUT"]),
        ]
        super().__init__(routes, RollingLimit(limits.requests_second, 1))
        self._known = known
        self._largest_batch = largest_batch
        self._tokens: set[str] = set()
        self.profiles: dict[str, dict[str, Values]] = {}

    def is_authorized(self, request: Request) -> bool:
        """By a token that was sold."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        return scheme == "Bearer" and token in self._tokens

    def error(self, status: int) -> object:
        """As BlueConic writes errors of a whole request."""
        return {"code": status, "message": f"status {status}", "errors": []}

    def refusal(self, status: int) -> Response:
        """Without Retry-After."""
        return JSONResponse(self.error(status), status)

    def dump(self) -> dict[str, Any]:
        """Values by property, of every profile by id."""
        return {"profiles": self.profiles}

    async def _sell(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        wanted = {
            "grant_type": "client_credentials",
            "client_id": self._known["BLUECONIC_CLIENT_ID"],
            "client_secret": self._known["BLUECONIC_CLIENT_SECRET"],
        }
        if not all(compare_digest(str(form.get(name, "")), text) for name, text in wanted.items()):
            raise Refusal(401, {"error": "invalid_client"})
        token = secrets.token_hex(16)
        self._tokens.add(token)
        return JSONResponse({"access_token": token, "expires_in": 300, "token_type": "Bearer"})

    async def _put(self, request: Request) -> Response:
        try:
            entries = json.loads(await request.body())
        except ValueError:
            raise _refused("malformed JSON") from None
        if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
            raise _refused("a list of entries is expected")
        results = [self._result(entry) for entry in entries[: self._largest_batch]]
        return JSONResponse(results, 413 if len(entries) > self._largest_batch else 200)

    def _result(self, entry: Entry) -> Entry:
        named = {"identifier": entry["identifier"]} if entry.get("identifier") else {}
        return {**named, **self._carried_out(entry)}

    def _carried_out(self, entry: Entry) -> Entry:
        strategy = entry.get("strategy", "UPDATE")
        if strategy not in STRATEGIES:
            raise _refused(f"unknown strategy {strategy}")
        key = entry.get("profileId")
        if strategy == "DELETE":
            if not key:
                raise _refused("profileId is required")
            gone = self.profiles.pop(key, None)
            return {"profileId": key, "state": "NOTFOUND" if gone is None else "DELETED"}
        found = {key} & self.profiles.keys() if key else self._matching(entry)
        if not found and strategy == "UPDATE":
            return {"state": "NOTFOUND"}
        if flaws := _flaws(entry):
            return {"state": "SKIPPED", "validationErrors": flaws}
        chosen = min(found) if found else str(uuid4())
        has_changed = self._set(self.profiles.setdefault(chosen, {}), entry)
        state = "CREATED" if not found else "MODIFIED" if has_changed else "UNCHANGED"
        return {"profileId": chosen, "state": state}

    def _matching(self, entry: Entry) -> set[str]:
        """Profiles that have all values of one of the groups."""
        groups = entry.get("matching") or []
        if any(each.get("id") not in UNIQUE_IDENTIFIERS for group in groups for each in group):
            raise _refused("only unique identifiers can be matched on")
        return {
            key
            for key, profile in self.profiles.items()
            if any(
                all(str(each["value"]) in profile.get(each["id"], ()) for each in group)
                for group in groups
            )
        }

    @staticmethod
    def _set(profile: dict[str, Values], entry: Entry) -> bool:
        before = dict(profile)
        for rule in entry.get("properties", ()):
            if rule.get("strategy") != "SET" or not isinstance(rule.get("values"), list):
                raise _refused("a rule needs a strategy and a list of values")
            if any(not isinstance(value, str) for value in rule["values"]):
                raise _refused("values are texts")
            profile[rule["id"]] = rule["values"]
            if not rule["values"]:
                del profile[rule["id"]]
        return profile != before


def _flaws(entry: Entry) -> dict[str, Values]:
    values = [
        value
        for rule in entry.get("properties", ())
        if rule.get("id") == "email"
        for value in rule["values"]
    ]
    bad = [value for value in values if "@" not in value.strip("@")]
    return {"email": [f"no e-mail address: {value}" for value in bad]} if bad else {}


def _refused(message: str) -> Refusal:
    return Refusal(400, {"code": 400, "message": message, "errors": []})


EMULATED = Emulated("BLUECONIC_URL", ("BLUECONIC_CLIENT_ID", "BLUECONIC_CLIENT_SECRET"), BlueConic)
