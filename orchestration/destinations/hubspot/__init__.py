"""HubSpot contacts, written in batches by e-mail address (CRM API v3)."""

from collections.abc import Generator, Iterable, Mapping
from typing import Any

import httpx

from orchestration.activation.declaration import Sync
from orchestration.destinations.authorization import Headers
from orchestration.destinations.hubspot.answers import (
    OTHER_ADDRESSES,
    content,
    entries,
    ids,
    missing,
    outcomes,
    refusal,
)
from orchestration.destinations.hubspot.properties import OURS, definition, values
from orchestration.destinations.protocol import Batch, Exchange, Offer, Outcome, Steps, account
from orchestration.warehouse import Home

API = "https://api.hubapi.com"
OFFER = Offer(modes=("upsert", "mirror"), leave=("clear",), objects=("contacts",), needs_match=True)


def build(sync: Sync, home: Home, environment: Mapping[str, str]) -> "HubSpot | None":
    """Needs HUBSPOT_TOKEN; HUBSPOT_URL by default the public API."""
    token = environment.get("HUBSPOT_TOKEN")
    if not token:
        return None
    return HubSpot(environment.get("HUBSPOT_URL") or API, token, sync.match or "email", sync.map)


class HubSpot:
    """Contacts are found by `match`, normally email.

    A removal empties all mapped properties but `match`, and leaves the contact: others may use
    it. Missing properties that are named `kith_…` are created before the first batch.
    """

    def __init__(self, url: str, token: str, match: str, fields: Iterable[str]) -> None:
        self._url = url.rstrip("/")
        self.account = account(url, token)
        self.auth = Headers({"Authorization": f"Bearer {token}"})
        self._match = match
        self._cleared = {field: "" for field in sorted(fields) if field != match}

    def prepare(self, types: Mapping[str, str]) -> Exchange:
        """Creates the missing `kith_…` properties, typed like their columns."""
        wanted = {field for field in types if field.startswith(OURS)}
        if not wanted:
            return
        response = yield self._request("GET", "/crm/v3/properties/contacts")
        if not response.is_success:
            raise refusal(response)
        existing = {entry.get("name") for entry in entries(content(response), "results")}
        for field in sorted(wanted - existing):
            created = definition(field, types[field])
            response = yield self._request("POST", "/crm/v3/properties/contacts", created)
            # 409: another sync has created it meanwhile.
            if not response.is_success and response.status_code != 409:
                raise refusal(response)

    def deliver(self, batch: Batch) -> Steps:
        """An upsert by `match`, or the two requests of a removal."""
        if batch.is_removal:
            return (yield from self._clear(batch))
        inputs = [
            {
                "id": row.match,
                "idProperty": self._match,
                "properties": values(row.fields),
                "objectWriteTraceId": str(row.position),
            }
            for row in batch.rows
        ]
        answer = yield from self._batch("upsert", {"inputs": inputs})
        return outcomes(answer, batch.rows)

    def throttled(self, response: httpx.Response) -> bool:
        """By 429 only."""
        return False

    def _clear(self, batch: Batch) -> Steps:
        # Not an upsert: that would bring back a contact that somebody has deleted.
        lookup = {
            "idProperty": self._match,
            "properties": [self._match, OTHER_ADDRESSES],
            "inputs": [{"id": row.match} for row in batch.rows],
        }
        found = yield from self._batch("read", lookup)
        found_ids = ids(found, self._match)
        gone = missing(found)
        done = [Outcome(row.position, "sent") for row in batch.rows if row.match in gone]
        present = [row for row in batch.rows if row.match.lower() in found_ids]
        if not present:
            return done
        inputs = [
            {
                "id": found_ids[row.match.lower()],
                "properties": self._cleared,
                "objectWriteTraceId": str(row.position),
            }
            for row in present
        ]
        answer = yield from self._batch("update", {"inputs": inputs})
        return [*done, *outcomes(answer, present)]

    def _batch(
        self, action: str, body: dict[str, Any]
    ) -> Generator[httpx.Request, httpx.Response, dict[str, Any]]:
        response = yield self._request("POST", f"/crm/v3/objects/contacts/batch/{action}", body)
        if not response.is_success:
            raise refusal(response)
        return content(response)

    def _request(self, method: str, path: str, body: dict[str, Any] | None = None) -> httpx.Request:
        return httpx.Request(method, self._url + path, json=body)
