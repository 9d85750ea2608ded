"""HubSpot's contacts, companies and deals, its static lists, and tasks, in batches (API v3)."""

from collections.abc import Generator, Mapping, Sequence
from typing import Any

import httpx
from pydantic import Field

from orchestration.activation.declaration import Sync
from orchestration.destinations.hubspot.answers import content, entries, outcomes, refusal
from orchestration.destinations.hubspot.lists import ListMembers
from orchestration.destinations.hubspot.portal import Portal, by_id
from orchestration.destinations.hubspot.properties import OURS, TYPE_IDS, definition, values
from orchestration.destinations.hubspot.tasks import Tasks
from orchestration.destinations.protocol import (
    Batch,
    Exchange,
    Mode,
    Offer,
    Options,
    Outcome,
    Row,
    Steps,
)
from orchestration.destinations.requests import list_misfits
from orchestration.warehouse import Home

API = "https://api.hubapi.com"
ACTIONS: dict[Mode, str] = {
    "upsert": "upsert",
    "mirror": "upsert",
    "insert": "create",
    "update": "update",
}


class HubSpotOptions(Options):
    """What only HubSpot asks for."""

    list_id: str | int = Field(default="", description="mode audience: the id of a static list")


OFFER = Offer(
    modes=(*ACTIONS, "audience", "append"),
    leave=("clear", "remove", "delete"),
    objects=(*TYPE_IDS, "tasks"),
    needs_match=True,
    options=HubSpotOptions,
    variables=("HUBSPOT_TOKEN",),
)


def misfits(sync: Sync) -> list[str]:
    """A list and tasks are asked for in ways of their own."""
    if sync.mode == "audience":
        return list_misfits(sync, HubSpotOptions)
    if (sync.object == "tasks") != (sync.mode == "append"):
        return ["object: tasks is for mode: append, and mode: append for object: tasks"]
    return []


def build(
    sync: Sync, home: Home, environment: Mapping[str, str]
) -> "HubSpot | ListMembers | Tasks | None":
    """Needs HUBSPOT_TOKEN; HUBSPOT_URL by default the public API."""
    token = environment.get("HUBSPOT_TOKEN")
    if not token:
        return None
    url = environment.get("HUBSPOT_URL") or API
    if sync.mode == "audience":
        return ListMembers(url, token, sync)
    return Tasks(url, token, sync) if sync.mode == "append" else HubSpot(url, token, sync)


class HubSpot(Portal):
    """Records are found by `match`: email for contacts, else a property with unique values.

    A removal empties all mapped properties but `match`, and leaves the record: others may use it;
    or it puts the record into HubSpot's bin. Missing properties that are named `kith_…` are created
    before the first batch.
    """

    def __init__(self, url: str, token: str, sync: Sync) -> None:
        super().__init__(url, token, sync)
        self._action = ACTIONS[sync.mode]
        self._removal = sync.removal
        self._cleared = {field: "" for field in sorted(sync.map) if field != self._match}

    def prepare(self, types: Mapping[str, str]) -> Exchange:
        """Creates the missing `kith_…` properties, typed like their columns."""
        wanted = {field for field in types if field.startswith(OURS)}
        if not wanted:
            return
        path = f"properties/{self._kind}"
        response = yield self._request("GET", path)
        if not response.is_success:
            raise refusal(response)
        existing = {entry.get("name") for entry in entries(content(response), "results")}
        for field in sorted(wanted - existing):
            is_unique = field == self._match
            created = definition(field, types[field], self._kind, is_unique=is_unique)
            response = yield self._request("POST", path, created)
            # 409: another sync has created it meanwhile.
            if not response.is_success and response.status_code != 409:
                raise refusal(response)

    def deliver(self, batch: Batch) -> Steps:
        """One request that writes, or the two of a removal."""
        if batch.is_removal:
            return (yield from self._take_back(batch))
        answer = yield from self._batch(
            self._action, {"inputs": [self._input(row) for row in batch.rows]}
        )
        return outcomes(answer, batch.rows)

    def _input(self, row: Row) -> dict[str, Any]:
        named = {} if self._action == "create" else {"id": row.match, "idProperty": self._match}
        written = {"properties": values(row.fields), "objectWriteTraceId": str(row.position)}
        return named | written

    def _take_back(self, batch: Batch) -> Steps:
        # Not an upsert: that would bring back a record that somebody has deleted.
        found = yield from self._find(batch.rows)
        if not found.present:
            return found.done()
        if self._removal == "delete":
            return found.done() + (yield from self._archived(found.present))
        inputs = [
            {
                "id": key,
                "properties": self._cleared,
                "objectWriteTraceId": str(row.position),
            }
            for row, key in found.present
        ]
        answer = yield from self._batch("update", {"inputs": inputs})
        return found.done() + outcomes(answer, [row for row, _ in found.present])

    def _archived(
        self, present: Sequence[tuple[Row, str]]
    ) -> Generator[httpx.Request, httpx.Response, list[Outcome]]:
        """Into the bin; HubSpot passes over what is there already, and answers 204."""
        body = {"inputs": [{"id": key} for key in by_id(present)]}
        response = yield self._request("POST", f"objects/{self._kind}/batch/archive", body)
        if not response.is_success:
            raise refusal(response)
        is_done = response.status_code == 204
        return [Outcome(row.position, "sent") for row, _ in present] if is_done else []
