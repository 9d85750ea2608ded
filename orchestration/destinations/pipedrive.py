"""Pipedrive's persons (API v2): no batches and no upsert, so each is looked for by e-mail once.

https://developers.pipedrive.com/docs/api/v1/Persons
https://pipedrive.readme.io/docs/core-api-concepts-rate-limiting
https://pipedrive.readme.io/docs/core-api-concepts-responses
"""

import json
import re
from collections.abc import AsyncGenerator, Generator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import httpx

from orchestration.activation.declaration import Sync
from orchestration.destinations.protocol import (
    ONCE,
    Batch,
    BatchRefused,
    Exchange,
    Offer,
    Outcome,
    Row,
    Steps,
    account,
)
from orchestration.warehouse import Home

API = "https://api.pipedrive.com"
CUSTOM_FIELD = re.compile(r"[0-9a-f]{40}")
# A person cannot be without a name, and the e-mail address is how we know them.
KEPT = {"email", "name", "owner_id", "visible_to", "marketing_status"}
DAY = 24 * 60 * 60

# Searches: 10 in 2 seconds. A search costs 20 tokens of the company's day, a write 5.
OFFER = Offer(
    modes=("upsert", "mirror"),
    leave=("clear", "delete"),
    objects=("persons",),
    match=("email",),
    needs_match=True,
    batch=1,
    requests_per_second=5,
    variables=("PIPEDRIVE_TOKEN",),
)


def build(sync: Sync, home: Home, environment: Mapping[str, str]) -> "Pipedrive | None":
    """Needs PIPEDRIVE_TOKEN; PIPEDRIVE_URL by default the public API."""
    token = environment.get("PIPEDRIVE_TOKEN")
    if not token:
        return None
    return Pipedrive(environment.get("PIPEDRIVE_URL") or API, token, sync)


class Token(httpx.Auth):
    """The token; and what Pipedrive means by its answers, in the words of HTTP."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def async_auth_flow(
        self, request: httpx.Request
    ) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Adds the token; puts the patience that an answer asks for where everybody looks."""
        request.headers["x-api-token"] = self._token
        response = yield request
        if response.status_code == 429 and (seconds := _patience(response)):
            response.headers.setdefault("Retry-After", seconds)


class Pipedrive:
    """Persons are found by `email`, and from then on by their id.

    Of the map, `email` and `phone` become the lists that Pipedrive keeps; keys of 40 hexadecimal
    digits are custom fields. The address of a person who exists is left as it is: they may have
    others. A mapped phone replaces all others. Of several persons with one address, the first made
    is written. Clearing leaves name and address.
    """

    def __init__(self, url: str, token: str, sync: Sync) -> None:
        self._url = f"{url.rstrip('/')}/api/v2/persons"
        self.account = account(url, token)
        self.auth = Token(token)
        self._deletes = sync.removal == "delete"
        self._cleared = _body(dict.fromkeys(sorted(sync.map.keys() - KEPT)))

    def prepare(self, types: Mapping[str, str]) -> Exchange:
        """Nothing to prepare."""
        yield from ()

    def deliver(self, batch: Batch) -> Steps:
        """One person."""
        row = batch.rows[0]
        if batch.is_removal:
            return (yield from self._take_back(row))
        fields = json.loads(row.fields)
        if row.remote_id:
            response = yield self._changed(row.remote_id, _body(fields))
            if not _is_gone(response):
                return _taken(row, response)
        known = yield from self._found(row.match)
        if known is None:
            return []
        if known:
            return _taken(row, (yield self._changed(known, _body(fields))))
        address = {"value": row.match, "primary": True, "label": "work"}
        given = {name: value for name, value in fields.items() if value is not None}
        person = {**_body(given), "emails": [address]}
        # Made again, there would be two.
        made = yield httpx.Request("POST", self._url, json=person, extensions={ONCE: True})
        return _taken(row, made)

    def throttled(self, response: httpx.Response) -> bool:
        """By 429 only; a 403 after many of them means to stop."""
        return False

    def _take_back(self, row: Row) -> Steps:
        known: str | None = row.remote_id
        if not known:
            known = yield from self._found(row.match)
        if known is None:
            return []
        if not known or not (self._deletes or self._cleared):
            return [Outcome(row.position, "sent")]
        if self._deletes:
            response = yield httpx.Request("DELETE", f"{self._url}/{known}")
        else:
            response = yield self._changed(known, self._cleared)
        return [Outcome(row.position, "sent")] if _is_gone(response) else _taken(row, response)

    def _found(self, email: str) -> Generator[httpx.Request, httpx.Response, str | None]:
        """The id of the first person with the address, empty without one; None if nobody knows."""
        query = urlencode({"term": email, "fields": "email", "exact_match": "true"})
        response = yield httpx.Request("GET", f"{self._url}/search?{query}")
        if not response.is_success:
            raise _refusal(response)
        items = _data(response).get("items")
        if not isinstance(items, list):
            return None
        ids = [
            int(person["id"])
            for person in (entry.get("item", {}) for entry in items if isinstance(entry, dict))
            if email.lower() in {str(address).lower() for address in person.get("emails") or ()}
        ]
        return str(min(ids)) if ids else ""

    def _changed(self, person: str, body: dict[str, Any]) -> httpx.Request:
        return httpx.Request("PATCH", f"{self._url}/{person}", json=body)


def _body(fields: Mapping[str, Any]) -> dict[str, Any]:
    """A person as Pipedrive writes it, without e-mail addresses."""
    body: dict[str, Any] = {}
    for name, value in fields.items():
        if CUSTOM_FIELD.fullmatch(name):
            body.setdefault("custom_fields", {})[name] = value
        elif name == "phone":
            number = {"value": value, "primary": True, "label": "work"}
            body["phones"] = [number] if value else []
        elif name != "email":
            body[name] = value
    return body


def _taken(row: Row, response: httpx.Response) -> list[Outcome]:
    """Sent if Pipedrive says so and whom it wrote; in doubt if it says nothing."""
    if not response.is_success:
        raise _refusal(response)
    person = _data(response).get("id")
    return [Outcome(row.position, "sent", remote_id=str(person))] if person else []


def _is_gone(response: httpx.Response) -> bool:
    """Whether the person was deleted; for 30 days they are still there, and marked."""
    return response.status_code == 404 or _data(response).get("is_deleted") is True


def _refusal(response: httpx.Response) -> BatchRefused:
    content = _content(response)
    code = str(content.get("code") or response.status_code)
    return BatchRefused(code, str(content.get("error") or ""))


def _data(response: httpx.Response) -> dict[str, Any]:
    content = _content(response)
    data = content.get("data") if content.get("success") is True else None
    return data if isinstance(data, dict) else {}


def _content(response: httpx.Response) -> dict[str, Any]:
    try:
        content = response.json()
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _patience(response: httpx.Response) -> str:
    """Seconds until the burst is over, or until the tokens of the next day (UTC)."""
    if response.headers.get("x-daily-ratelimit-token-remaining") == "0":
        return str(DAY - int(datetime.now(UTC).timestamp()) % DAY)
    return str(response.headers.get("x-ratelimit-reset", ""))
