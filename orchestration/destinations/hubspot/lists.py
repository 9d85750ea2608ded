"""Memberships of a static HubSpot list.

https://developers.hubspot.com/docs/api-reference/2026-03/crm/lists/memberships/update-list-memberships
"""

from collections.abc import Generator, Mapping, Sequence
from typing import Any

import httpx

from orchestration.activation.declaration import Sync
from orchestration.destinations.hubspot.answers import content, refusal
from orchestration.destinations.hubspot.portal import Portal, by_id
from orchestration.destinations.hubspot.properties import TYPE_IDS
from orchestration.destinations.protocol import (
    Batch,
    BatchRefused,
    Exchange,
    Outcome,
    Row,
    Steps,
)

# HubSpot fills the others by itself.
STATIC = ("MANUAL", "SNAPSHOT")
TOLD = ("recordIdsAdded", "recordsIdsAdded", "recordIdsRemoved", "recordIdsMissing")


class ListMembers(Portal):
    """Puts records into a list and takes them out; it neither makes records nor changes them."""

    def __init__(self, url: str, token: str, sync: Sync) -> None:
        super().__init__(url, token, sync)
        self._list = str(sync.options.get("list_id", ""))

    def prepare(self, types: Mapping[str, str]) -> Exchange:
        """Refuses a list that takes no members from outside, or holds another kind of record."""
        response = yield self._request("GET", f"lists/{self._list}")
        if not response.is_success:
            raise refusal(response)
        described = content(response).get("list")
        if not isinstance(described, dict):
            raise BatchRefused("list_unknown", "")
        if described.get("processingType") not in STATIC:
            raise BatchRefused("list_is_dynamic", "")
        if described.get("objectTypeId") != TYPE_IDS[self._kind]:
            raise BatchRefused("list_is_of_another_object", "")

    def deliver(self, batch: Batch) -> Steps:
        """A look-up by `match`, then one change of the list."""
        found = yield from self._find(batch.rows)
        if batch.is_removal:
            settled = found.done()
        else:
            settled = [
                Outcome(row.position, "rejected", "not_in_hubspot", "there is no such record")
                for row in found.absent
            ]
        if not found.present:
            return settled
        ids = by_id(found.present)
        change = {
            "recordIdsToAdd": [] if batch.is_removal else ids,
            "recordIdsToRemove": ids if batch.is_removal else [],
        }
        path = f"lists/{self._list}/memberships/add-and-remove"
        response = yield self._request("PUT", path, change)
        if not response.is_success:
            raise refusal(response)
        answer = content(response)
        if not any(name in answer for name in TOLD) and not (
            yield from self._is_so(found.present[0][1], is_member=not batch.is_removal)
        ):
            return settled
        return settled + _outcomes(found.present, answer, batch)

    def _is_so(
        self, record_id: str, *, is_member: bool
    ) -> Generator[httpx.Request, httpx.Response, bool]:
        """Asks about one record: HubSpot leaves empty lists out, so that `{}` may mean no news."""
        kind = TYPE_IDS[self._kind]
        response = yield self._request("GET", f"lists/records/{kind}/{record_id}/memberships")
        results = content(response).get("results")
        if not response.is_success or not isinstance(results, list):
            return False
        members = {str(entry.get("listId")) for entry in results if isinstance(entry, dict)}
        return (self._list in members) == is_member


def _outcomes(
    present: Sequence[tuple[Row, str]], answer: dict[str, Any], batch: Batch
) -> list[Outcome]:
    """A record that went missing between the requests was deleted, or merged into another."""
    listed = answer.get("recordIdsMissing")
    gone = {str(key) for key in listed} if isinstance(listed, list) else set()
    return [
        Outcome(row.position, "rejected", "not_in_hubspot", "the record is gone")
        if key in gone and not batch.is_removal
        else Outcome(row.position, "sent")
        for row, key in present
    ]
