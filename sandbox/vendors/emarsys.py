"""An SAP Emarsys account: contacts by the ids of their fields, contact lists, WSSE.

Follows https://dev.emarsys.com/docs/core-api-reference: contacts, contact lists, response codes.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.vendors.emulator import Emulated, Emulator
from sandbox.vendors.limits import Limits, RollingLimit
from sandbox.vendors.replies import Refusal, read_object

LARGEST_BATCH = 1000
LARGEST_BODY = 8_000_000
CLOCK_SKEW = timedelta(minutes=5)
EMAIL = "3"
# First name, last name, e-mail, city, opt-in; and fields that the account added.
FIELDS = {"1", "2", EMAIL, "11", "31", "4711", "4712"}
TOKEN = re.compile(r'(\w+)="([^"]*)"')
Contact = dict[str, Any]
Errors = dict[str, dict[str, str]]


class Emarsys(Emulator):
    """Contacts are created, updated and deleted; members are added to and taken from lists."""

    def __init__(self, known: Mapping[str, str], limits: Limits) -> None:
        add, delete = "/api/v2/contactlist/{list_id}/add", "/api/v2/contactlist/{list_id}/delete"
        routes = [
            Route("/api/v2/contact/", self._update, methods=["PUT"]),
            Route("/api/v2/contact", self._create, methods=["POST"]),
            Route("/api/v2/contact/delete", self._delete, methods=["POST"]),
            Route(add, self._add, methods=["POST"]),
            Route(delete, self._remove, methods=["POST"]),
        ]
        super().__init__(routes, RollingLimit(limits.requests_second, 1))
        self._known = known
        self._next_id = 100_001
        self.contacts: dict[str, Contact] = {}
        self.lists: dict[str, set[str]] = {}

    def is_authorized(self, request: Request) -> bool:
        """By a digest of nonce, time and secret that is at most five minutes old."""
        told = dict(TOKEN.findall(request.headers.get("x-wsse", "")))
        try:
            created = datetime.fromisoformat(told["Created"])
            skew = abs(datetime.now(UTC) - created)
            words = f"{told['Nonce']}{told['Created']}{self._known['EMARSYS_SECRET']}".encode()
            hexadecimal = hashlib.sha1(words, usedforsecurity=False).hexdigest()
            digest = base64.b64encode(hexadecimal.encode()).decode()
            is_user = compare_digest(told["Username"], self._known["EMARSYS_USER"])
            return skew < CLOCK_SKEW and is_user and compare_digest(told["PasswordDigest"], digest)
        except (KeyError, ValueError):
            return False

    def error(self, status: int) -> object:
        """The common envelope."""
        text = {401: "Unauthorized", 429: "Too Many Requests"}.get(status, "Internal error")
        return {"replyCode": 1, "replyText": text, "data": ""}

    def dump(self) -> dict[str, Any]:
        """Contacts by id; the ids of members by list."""
        return {"contacts": self.contacts, "lists": self.lists}

    def create(self, contact: Contact) -> str:
        """A new contact; returns its id."""
        key = str(self._next_id)
        self._next_id += 1
        self.contacts[key] = dict(contact)
        return key

    async def _update(self, request: Request) -> Response:
        creates = request.query_params.get("create_if_not_exists") == "1"

        def written(field: str, contact: Contact) -> tuple[str, str]:
            found = self._found(field, contact[field])
            if not found and creates:
                return self.create(contact), ""
            if len(found) == 1:
                self.contacts[found[0]].update(contact)
            return _one(found, field, contact[field])

        return await self._written(request, written)

    async def _create(self, request: Request) -> Response:
        def written(field: str, contact: Contact) -> tuple[str, str]:
            if self._found(field, contact[field]):
                return "", f"2009 Contact with the external id already exists: {field}"
            return self.create(contact), ""

        return await self._written(request, written)

    async def _written(
        self, request: Request, write: Callable[[str, Contact], tuple[str, str]]
    ) -> Response:
        body = await _read(request)
        field, contacts = str(body.get("key_id", "")), body.get("contacts")
        if not isinstance(contacts, list):
            raise _refused(2003, "Invalid data format. Array expected")
        if len(contacts) > LARGEST_BATCH:
            raise _refused(1000, "The request exceeded the maximum batch size of 1,000")
        if field not in FIELDS:
            raise _refused(2004, f"Invalid key field id: {field}")
        ids, errors = [], Errors()
        for contact in contacts:
            key, refusal = "", _flaw(field, contact)
            if not refusal:
                key, refusal = write(field, contact)
            if refusal:
                code, _, words = refusal.partition(" ")
                errors[str(contact.get(field, ""))] = {code: words}
            else:
                ids.append(key)
        return _ok({"ids": ids, "errors": errors or []})

    async def _delete(self, request: Request) -> Response:
        body = await _read(request)
        field = str(body.get("key_id", EMAIL))
        found, errors = self._each(field, body.get(field))
        for key in found:
            del self.contacts[key]
            for members in self.lists.values():
                members.discard(key)
        return _ok({"deleted_contacts": len(found), "errors": errors or []})

    async def _add(self, request: Request) -> Response:
        members, found, errors = await self._members(request)
        members.update(found)
        return _ok({"inserted_contacts": len(found), "errors": errors or []})

    async def _remove(self, request: Request) -> Response:
        members, found, errors = await self._members(request)
        members.difference_update(found)
        return _ok({"deleted_contacts": len(found), "errors": errors or []})

    async def _members(self, request: Request) -> tuple[set[str], list[str], Errors]:
        list_id: str = request.path_params["list_id"]
        if list_id not in self.lists:
            raise _refused(1008, "Contact list does not exist.")
        body = await _read(request)
        found, errors = self._each(str(body.get("key_id", EMAIL)), body.get("external_ids"))
        return self.lists[list_id], found, errors

    def _each(self, field: str, values: object) -> tuple[list[str], Errors]:
        if not isinstance(values, list):
            raise _refused(2003, "Invalid datatype for the list of external ids. Array expected")
        if len(values) > LARGEST_BATCH:
            raise _refused(2002, "The list of external ids exceeds the maximum size.")
        keys, errors = [], Errors()
        for value in values:
            key, refusal = _one(self._found(field, value), field, value)
            if refusal:
                code, _, words = refusal.partition(" ")
                errors[str(value)] = {code: words}
            else:
                keys.append(key)
        return keys, errors

    def _found(self, field: str, value: object) -> list[str]:
        wanted = str(value).lower()
        return [
            key
            for key, contact in self.contacts.items()
            if str(contact.get(field, "")).lower() == wanted
        ]


async def _read(request: Request) -> dict[str, Any]:
    if len(await request.body()) > LARGEST_BODY:
        raise _refused(1010, "Invalid request payload.")
    return await read_object(request, lambda: _refused(1010, "Invalid request payload."))


def _flaw(field: str, contact: Contact) -> str:
    """Code and words of what is wrong with a contact by itself, or nothing."""
    if unknown := contact.keys() - FIELDS:
        return f"2006 Invalid field id: {min(unknown)}"
    value = contact.get(field)
    if value in (None, ""):
        return f"2005 No value provided for key field: {field}"
    if field == EMAIL and "@" not in str(value).strip("@"):
        return f"2005 Invalid key field value: {value}"
    if contact.get("31") not in (None, 1, 2, "1", "2"):
        return "2007 Invalid value for field: 31"
    return ""


def _one(found: Iterable[str], field: str, value: object) -> tuple[str, str]:
    """The one contact found, or code and words that there is none or more than one."""
    keys = list(found)
    if not keys:
        return "", f"2008 No contact found with the external id: {field} - {value}"
    if len(keys) > 1:
        return "", f"2010 More contacts found with the external id: {field} - {value}"
    return keys[0], ""


def _ok(data: object) -> Response:
    return JSONResponse({"replyCode": 0, "replyText": "OK", "data": data})


def _refused(code: int, text: str) -> Refusal:
    return Refusal(400, {"replyCode": code, "replyText": text, "data": ""})


EMULATED = Emulated("EMARSYS_URL", ("EMARSYS_USER", "EMARSYS_SECRET"), Emarsys)
