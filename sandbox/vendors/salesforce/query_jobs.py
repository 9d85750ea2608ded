"""Bulk API 2.0 query: a job is made of a query, worked off some time later, and read as CSV.

https://developer.salesforce.com/docs/platform/api-asynch/guide/query-bulk-api-2-0.html
"""

import base64
import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sandbox.vendors.salesforce.errors import not_found, refusal
from sandbox.vendors.salesforce.objects import OWNER, stamp
from sandbox.vendors.salesforce.query import Cursor, Queries

# The API takes no more in 24 hours.
MOST_JOBS = 10_000
PAGE = 100_000
ENDED = ("JobComplete", "Failed", "Aborted")
State = Literal["UploadComplete", "InProgress", "JobComplete", "Failed", "Aborted"]
NO_COMPOUNDS = "Selecting compound data not supported in Bulk Query"


@dataclass
class QueryJob:
    """One job; `rows` are what it found when it was worked off."""

    id: str
    operation: str
    query: str
    cursor: Cursor
    version: str
    made_at: str
    state: State = "UploadComplete"
    waited: int = 0
    error: str = ""
    rows: tuple[tuple[str, ...], ...] = ()

    def info(self) -> dict[str, Any]:
        """As the job is shown."""
        return {
            "id": self.id,
            "operation": self.operation,
            "object": self.cursor.objects.kind.name,
            "createdById": OWNER,
            "createdDate": self.made_at,
            "state": self.state,
            "concurrencyMode": "Parallel",
            "contentType": "CSV",
            "apiVersion": float(self.version.removeprefix("v")),
            "lineEnding": "LF",
            "columnDelimiter": "COMMA",
            "jobType": "V2Query",
            "numberRecordsProcessed": len(self.rows),
            **({"errorMessage": self.error} if self.error else {}),
        }


class QueryJobs:
    """The org's query jobs; each is at work so long as it was asked about `patience` times.

    `failing` jobs more end in failure.
    """

    def __init__(self, queries: Queries) -> None:
        self.patience = 0
        self.failing = 0
        self.jobs: dict[str, QueryJob] = {}
        self._queries = queries
        self._count = 0

    def create(self, body: Mapping[str, Any], version: str) -> dict[str, Any]:
        """A job; raises Refusal for a query that is none, or that is not taken in bulk."""
        if body.get("operation") not in ("query", "queryAll"):
            raise refusal(400, "INVALIDJOB", f"no such operation: {body.get('operation')}")
        if self._count == MOST_JOBS:
            raise refusal(400, "LIMIT_EXCEEDED", f"at most {MOST_JOBS} query jobs in 24 hours")
        text = str(body.get("query", ""))
        cursor = self._queries.select(text, body["operation"] == "queryAll")
        if not cursor.fields:
            raise refusal(400, "API_ERROR", "aggregate functions are not supported in Bulk Query")
        if any(field.type in ("address", "location") for field in cursor.fields):
            raise refusal(400, "FUNCTIONALITY_NOT_ENABLED", NO_COMPOUNDS)
        self._count += 1
        key = f"750Qi{self._count:010d}AAA"
        made_at = stamp(cursor.objects.clock.tick())
        job = QueryJob(key, body["operation"], text, cursor, version, made_at)
        self.jobs[key] = job
        return job.info()

    def info(self, key: str) -> dict[str, Any]:
        """How it stands."""
        job = self._job(key)
        if job.state not in ENDED:
            job.waited += 1
            if job.waited > self.patience:
                self._work_off(job)
            else:
                job.state = "InProgress"
        return job.info()

    def abort(self, key: str, state: object) -> dict[str, Any]:
        """Cancelled, if it is not at its end."""
        job = self._job(key)
        if state != "Aborted" or job.state in ENDED:
            raise refusal(400, "INVALIDJOBSTATE", "Aborting already Completed Job not allowed")
        job.state = "Aborted"
        return job.info()

    def delete(self, key: str) -> None:
        """Forgotten, as every job is after seven days."""
        if self._job(key).state not in ENDED:
            raise refusal(400, "INVALIDJOBSTATE", "the job is still at work")
        del self.jobs[key]

    def results(
        self, key: str, version: str, parameters: Mapping[str, str]
    ) -> tuple[str, dict[str, str]]:
        """A page of CSV and the headers that go with it; the same locator gives the same page."""
        job = self._job(key)
        if version != job.version:
            raise refusal(409, "API_ERROR", f"the job was made with {job.version}")
        if job.state != "JobComplete":
            raise refusal(400, "INVALIDJOBSTATE", f"the job is not complete: {job.state}")
        start = _offset(parameters.get("locator", ""))
        if start is None or start >= max(1, len(job.rows)):
            raise refusal(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
        end = start + min(int(parameters.get("maxRecords", PAGE)), PAGE)
        text = io.StringIO()
        writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow([field.name for field in job.cursor.fields])
        writer.writerows(job.rows[start:end])
        locator = _locator(end) if end < len(job.rows) else "null"
        count = str(len(job.rows[start:end]))
        return text.getvalue(), {"Sforce-Locator": locator, "Sforce-NumberOfRecords": count}

    def _job(self, key: str) -> QueryJob:
        if key not in self.jobs:
            raise not_found()
        return self.jobs[key]

    def _work_off(self, job: QueryJob) -> None:
        if self.failing:
            self.failing -= 1
            job.state, job.error = "Failed", "The job was retried more than 15 times"
            return
        cursor = self._queries.select(job.query, job.operation == "queryAll")
        records = [cursor.objects.table.records[key].fields for key in cursor.ids]
        job.rows = tuple(
            tuple(_text(record.get(field.name), field.type) for field in cursor.fields)
            for record in records
        )
        job.state = "JobComplete"


def _text(value: object, kind: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value).replace("+0000", "Z") if kind == "datetime" else str(value)


def _locator(offset: int) -> str:
    return base64.b64encode(str(offset).encode()).decode().rstrip("=")


def _offset(locator: str) -> int | None:
    """Where the page begins; None for a locator that was never given."""
    if not locator:
        return 0
    try:
        padded = locator + "=" * (-len(locator) % 4)
        return int(base64.b64decode(padded, validate=True))
    except ValueError:
        return None
