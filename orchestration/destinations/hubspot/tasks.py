"""Tasks for the people who work in HubSpot: one on the contact of each who enters.

https://developers.hubspot.com/docs/api-reference/crm-tasks-v3/guide
https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide
"""

from collections.abc import Mapping
from typing import Any

import httpx

from orchestration.activation.declaration import Sync
from orchestration.destinations.hubspot.answers import content, entries, outcomes, refusal
from orchestration.destinations.hubspot.portal import Portal
from orchestration.destinations.hubspot.properties import values
from orchestration.destinations.protocol import (
    ONCE,
    Batch,
    Exchange,
    Outcome,
    Row,
    Steps,
)

# HubSpot's own number for "this task is about that contact".
TASK_TO_CONTACT = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 204}


class Tasks(Portal):
    """`match` finds the contact; the other fields of the map are the task's (`hs_task_subject` …).

    A task is due when it was planned unless `hs_timestamp` is mapped. HubSpot has no key for tasks:
    after a lost answer the next run makes another. A removal puts the task into the bin.
    """

    def __init__(self, url: str, token: str, sync: Sync) -> None:
        super().__init__(url, token, sync)
        self._kind = "contacts"

    def prepare(self, types: Mapping[str, str]) -> Exchange:
        """Nothing to prepare."""
        yield from ()

    def deliver(self, batch: Batch) -> Steps:
        """A look-up of the contacts, then their tasks in one request."""
        if batch.is_removal:
            return (yield from self._withdrawn(batch))
        found = yield from self._find(batch.rows)
        settled = [
            Outcome(row.position, "rejected", "not_in_hubspot", "there is no such contact")
            for row in found.absent
        ]
        if not found.present:
            return settled
        inputs = [self._task(row, contact, batch) for row, contact in found.present]
        response = yield self._once("objects/tasks/batch/create", {"inputs": inputs})
        if not response.is_success:
            raise refusal(response)
        answer = content(response)
        ids = {
            str(e.get("objectWriteTraceId")): str(e.get("id")) for e in entries(answer, "results")
        }
        return settled + [
            outcome._replace(remote_id=ids.get(str(outcome.position), ""))
            for outcome in outcomes(answer, [row for row, _ in found.present])
        ]

    def _task(self, row: Row, contact: str, batch: Batch) -> dict[str, Any]:
        properties = {name: text for name, text in values(row.fields).items() if text}
        properties.pop(self._match, None)
        due = str(int(batch.planned_at * 1000))
        return {
            "properties": {"hs_timestamp": due, **properties},
            "associations": [{"to": {"id": contact}, "types": [TASK_TO_CONTACT]}],
            "objectWriteTraceId": str(row.position),
        }

    def _withdrawn(self, batch: Batch) -> Steps:
        known = [{"id": row.remote_id} for row in batch.rows if row.remote_id]
        if known:
            body = {"inputs": known}
            response = yield self._request("POST", "objects/tasks/batch/archive", body)
            if not response.is_success:
                raise refusal(response)
        return [Outcome(row.position, "sent") for row in batch.rows]

    def _once(self, path: str, body: dict[str, Any]) -> httpx.Request:
        request = self._request("POST", path, body)
        request.extensions[ONCE] = True
        return request
