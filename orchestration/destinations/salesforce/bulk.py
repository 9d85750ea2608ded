"""Jobs of Bulk API 2.0: a file of many rows, taken in now and answered for by a later run.

https://developer.salesforce.com/docs/platform/api-asynch/guide/bulk-api-2-0-ingest.html
https://developer.salesforce.com/docs/platform/api-asynch/guide/bulk-api-2-job-states.md
https://developer.salesforce.com/docs/platform/api-asynch/guide/datafiles-prepare-csv.md
"""

from collections.abc import Iterable

import httpx

from orchestration.destinations.protocol import Batch, BatchRefused, Outcome, Steps
from orchestration.destinations.salesforce.answers import failure, listed, member, refusal, refused
from orchestration.destinations.salesforce.records import table

# 150 MB once Salesforce has encoded them.
LARGEST_FILE = 100_000_000
TAKEN_IN = ("UploadComplete", "InProgress", "JobComplete")
DONE = ("JobComplete", "Failed", "Aborted")
LISTS = ("successfulResults", "failedResults", "unprocessedrecords")


class Jobs:
    """Upserts of one object by an external id; the ticket of a row is the id of its job."""

    def __init__(self, api: str, kind: str, match: str, fields: Iterable[str]) -> None:
        self._url = f"{api}/jobs/ingest"
        self._match = match
        self._columns = sorted(fields)
        self._wanted = {
            "object": kind,
            "externalIdFieldName": match,
            "operation": "upsert",
            "contentType": "CSV",
            "lineEnding": "LF",
        }

    def deliver(self, batch: Batch) -> Steps:
        """A job with the rows in it, closed: nothing is done with a job before that."""
        content = table(batch.rows, self._columns, self._match)
        if len(content) > LARGEST_FILE:
            raise BatchRefused("TOO_LARGE", f"more than {LARGEST_FILE} bytes in one job")
        created = yield httpx.Request("POST", self._url, json=self._wanted)
        if not created.is_success:
            raise refusal(created)
        ticket = member(created, "id")
        if not ticket:
            return [Outcome(row.position, "unsent") for row in batch.rows]
        headers = {"Content-Type": "text/csv"}
        place = f"{self._url}/{ticket}"
        uploaded = yield httpx.Request("PUT", f"{place}/batches", content=content, headers=headers)
        if uploaded.status_code != 201 and not _is_there(uploaded):
            yield httpx.Request("PATCH", place, json={"state": "Aborted"})
            if not uploaded.is_success:
                raise refusal(uploaded)
            return [Outcome(row.position, "unsent") for row in batch.rows]
        closed = yield httpx.Request("PATCH", place, json={"state": "UploadComplete"})
        state = member(closed, "state")
        if state is None:
            # Perhaps it was closed by a request whose answer was lost.
            state = member((yield httpx.Request("GET", place)), "state")
        if state not in TAKEN_IN:
            return []
        return [Outcome(row.position, "pending", ticket=str(ticket)) for row in batch.rows]

    def poll(self, ticket: str, batch: Batch) -> Steps:
        """How a job ended, row by row. One that is gone, after seven days, leaves them in doubt."""
        info = yield httpx.Request("GET", f"{self._url}/{ticket}")
        if info.status_code == 404:
            return []
        still = [Outcome(row.position, "pending", ticket=ticket) for row in batch.rows]
        state = member(info, "state")
        if state not in DONE:
            return still
        found = []
        for name in LISTS:
            answer = yield httpx.Request("GET", f"{self._url}/{ticket}/{name}")
            records = listed(answer, self._match)
            if records is None:
                return still
            found.append(records)
        successful, failed, unprocessed = found
        code, _, words = str(member(info, "errorMessage") or state).partition(":")
        outcomes = []
        for row in batch.rows:
            if row.match in successful:
                record_id = successful[row.match].get("sf__Id") or ""
                outcomes.append(Outcome(row.position, "sent", remote_id=record_id))
            elif row.match in failed:
                outcomes.append(failure(row, failed[row.match]))
            elif row.match in unprocessed and state == "Failed":
                outcomes.append(refused(row, code.strip(), words.strip()))
            elif row.match in unprocessed:
                outcomes.append(Outcome(row.position, "unsent"))
        return outcomes


def _is_there(uploaded: httpx.Response) -> bool:
    """Whether a job refuses its file because it has it, from a request whose answer was lost."""
    return uploaded.status_code == 400 and "multiple contents" in refusal(uploaded).message
