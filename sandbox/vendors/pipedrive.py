"""A Pipedrive company: persons one at a time (API v2), and a budget of tokens a day."""

from collections.abc import Mapping
from hmac import compare_digest
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.vendors.emulator import Emulated, Emulator
from sandbox.vendors.limits import Limits, RollingLimit
from sandbox.vendors.replies import Refusal, read_object

PATH = "/api/v2/persons"
FIELDS = {
    "name": str,
    "owner_id": int,
    "org_id": int,
    "add_time": str,
    "update_time": str,
    "emails": list,
    "phones": list,
    "visible_to": int,
    "label_ids": list,
    "marketing_status": str,
    "custom_fields": dict,
}
LISTED = {"value", "primary", "label"}
MARKETING = ("no_consent", "unsubscribed", "subscribed", "archived")
LONGEST_TEXT = 255
# Custom fields that somebody has made in this company, by the key that Pipedrive drew for each.
REVENUE = "dcf558aac1ae4e8c4f849ba5e668430d8df9be12"
CITY = "9dc80c50d78a15643bfc4ca79d76156a73a1ca0e"
CUSTOM = {REVENUE: "double", CITY: "varchar"}
SEARCH, WRITE, DELETE = 20, 5, 3
Person = dict[str, Any]


class Pipedrive(Emulator):
    """GET /api/v2/persons/search; POST /api/v2/persons; PATCH and DELETE /api/v2/persons/{id}."""

    def __init__(self, known: Mapping[str, str], limits: Limits) -> None:
        routes = [
            Route(f"{PATH}/search", self._search),
            Route(PATH, self._add, methods=["POST"]),
            Route(f"{PATH}/{{id:int}}", self._change, methods=["PATCH"]),
            Route(f"{PATH}/{{id:int}}", self._delete, methods=["DELETE"]),
        ]
        super().__init__(routes, RollingLimit(limits.requests_second, 1))
        self._token = known["PIPEDRIVE_TOKEN"]
        self.tokens = self.budget = limits.pipedrive_day_tokens
        self.persons: dict[int, Person] = {}

    def is_authorized(self, request: Request) -> bool:
        """By the token of a user."""
        return compare_digest(request.headers.get("x-api-token", ""), self._token)

    def admit(self, request: Request) -> Response | None:
        """Also 429 once the day's tokens are spent; a request that finds none left costs none."""
        if (refused := super().admit(request)) is not None:
            return refused
        costs = {"GET": SEARCH, "POST": WRITE, "PATCH": WRITE, "DELETE": DELETE}
        cost = costs.get(request.method, 0)
        if cost > self.tokens:
            headers = {
                "x-daily-ratelimit-token-limit": str(self.budget),
                "x-daily-ratelimit-token-remaining": "0",
            }
            return JSONResponse(_said("daily request limit exceeded"), 429, headers)
        self.tokens -= cost
        return None

    def refusal(self, status: int) -> Response:
        """A burst is over after the seconds of `x-ratelimit-reset`."""
        headers = {"x-ratelimit-reset": "1"} if status == 429 else None
        return JSONResponse(self.error(status), status, headers)

    def error(self, status: int) -> object:
        """As Pipedrive writes errors."""
        words = {401: "unauthorized access", 429: "request over limit"}
        return _said(words.get(status, "Requested service is not available"))

    def new_day(self) -> None:
        """All tokens again."""
        self.tokens = self.budget

    def dump(self) -> dict[str, Any]:
        """Persons by id, those marked as deleted too."""
        return {"persons": {str(key): dict(person) for key, person in self.persons.items()}}

    async def _search(self, request: Request) -> Response:
        term = request.query_params.get("term", "")
        if len(term) < 1 or request.query_params.get("exact_match") != "true":
            raise _invalid("term", "the sandbox searches by exact match")
        found = [
            {"result_score": 1.0, "item": _item(person)}
            for person in self.persons.values()
            if not person["is_deleted"] and term.lower() in map(str.lower, _addresses(person))
        ]
        reply = {"success": True, "data": {"items": found}}
        return JSONResponse({**reply, "additional_data": {"next_cursor": None}})

    async def _add(self, request: Request) -> Response:
        given = await read_object(request, _malformed)
        _check(given)
        if not given.get("name"):
            raise _invalid("name", "is required")
        key = len(self.persons) + 1
        plain = {"emails": [], "phones": [], "custom_fields": dict.fromkeys(CUSTOM)}
        self.persons[key] = {"id": key, "is_deleted": False, **plain}
        return self._written(key, given, 201)

    async def _change(self, request: Request) -> Response:
        key, given = self._key(request), await read_object(request, _malformed)
        _check(given)
        if given.get("name", "-") in (None, ""):
            raise _invalid("name", "is not allowed to be empty")
        return self._written(key, given, 200)

    async def _delete(self, request: Request) -> Response:
        key = self._key(request)
        self.persons[key]["is_deleted"] = True
        return JSONResponse({"success": True, "data": {"id": key}})

    def _written(self, key: int, given: Person, status: int) -> Response:
        person = self.persons[key]
        custom = {**person["custom_fields"], **given.pop("custom_fields", {})}
        person |= {**given, "custom_fields": custom}
        return JSONResponse({"success": True, "data": person}, status)

    def _key(self, request: Request) -> int:
        key: int = request.path_params["id"]
        if key not in self.persons or self.persons[key]["is_deleted"]:
            raise Refusal(404, _said("Person not found", "ERR_NOT_FOUND"))
        return key


def _check(given: Person) -> None:
    """Raises Refusal for a field that is not known, or a value that does not fit."""
    for name, value in given.items():
        kind = FIELDS.get(name)
        if kind is None:
            raise _invalid(name, "is not allowed")
        if value is not None and not isinstance(value, kind):
            raise _invalid(name, "is of another type")
    for name in ("emails", "phones"):
        for entry in given.get(name) or ():
            if not isinstance(entry, dict) or not entry.get("value") or entry.keys() - LISTED:
                raise _invalid(name, "must be objects of value, primary and label")
    if given.get("marketing_status", MARKETING[0]) not in MARKETING:
        raise _invalid("marketing_status", f"must be one of {', '.join(MARKETING)}")
    for key, value in (given.get("custom_fields") or {}).items():
        if key not in CUSTOM:
            raise _invalid(f"custom_fields.{key}", "is not allowed")
        wanted = str if CUSTOM[key] == "varchar" else (int, float)
        if value is not None and (isinstance(value, bool) or not isinstance(value, wanted)):
            raise _invalid(f"custom_fields.{key}", "is of another type")
        if isinstance(value, str) and len(value) > LONGEST_TEXT:
            raise _invalid(f"custom_fields.{key}", f"is longer than {LONGEST_TEXT} characters")


def _addresses(person: Person) -> list[str]:
    return [str(entry["value"]) for entry in person["emails"]]


def _item(person: Person) -> Person:
    """A person as a search shows it: addresses and numbers are plain there."""
    addresses = _addresses(person)
    return {
        "id": person["id"],
        "type": "person",
        "name": person["name"],
        "emails": addresses,
        "primary_email": addresses[0] if addresses else None,
        "phones": [entry["value"] for entry in person["phones"]],
    }


def _said(error: str, code: str | None = None) -> dict[str, Any]:
    info = "Please check developers.pipedrive.com for more information about Pipedrive API."
    said = {"success": False, "error": error, "error_info": info, "data": None}
    return {**said, "code": code} if code else said


def _invalid(field: str, what: str) -> Refusal:
    return Refusal(
        400, _said(f"Validation failed: {field}: {what}", "ERR_SCHEMA_VALIDATION_FAILED")
    )


def _malformed() -> Refusal:
    return Refusal(400, _said("the body is no JSON object"))


EMULATED = Emulated("PIPEDRIVE_URL", ("PIPEDRIVE_TOKEN",), Pipedrive)
