"""Bulk API 2.0 ingest: a job is made, given one CSV, closed, and worked off some time later."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sandbox.vendors.salesforce import composite
from sandbox.vendors.salesforce.errors import not_found, refusal
from sandbox.vendors.salesforce.objects import Objects
from sandbox.vendors.salesforce.schema import NUMERIC

MEGABYTE = 1024 * 1024
State = Literal["Open", "UploadComplete", "InProgress", "JobComplete", "Failed", "Aborted"]
NOT_TO_BE_ABORTED = ("JobComplete", "Failed", "Aborted")
Values = dict[str, str]


@dataclass
class Job:
    """One job: rows are those of its CSV; each gets into one of three lists."""

    id: str
    objects: Objects
    external_id: str
    state: State = "Open"
    content: bytes | None = None
    error: str = ""
    columns: list[str] = field(default_factory=list)
    successful: list[Values] = field(default_factory=list)
    failed: list[Values] = field(default_factory=list)
    unprocessed: list[Values] = field(default_factory=list)

    def info(self) -> dict[str, Any]:
        """As the job is shown."""
        return {
            "id": self.id,
            "operation": "upsert",
            "object": self.objects.kind.name,
            "externalIdFieldName": self.external_id,
            "state": self.state,
            "contentType": "CSV",
            "lineEnding": "LF",
            "columnDelimiter": "COMMA",
            "jobType": "V2Ingest",
            "numberRecordsProcessed": len(self.successful) + len(self.failed),
            "numberRecordsFailed": len(self.failed),
            **({"errorMessage": self.error} if self.error else {}),
        }


class Jobs:
    """The org's jobs. Time passes for closed ones with each log-in and each question about them.

    So long as that is `patience` times, they are still at work.
    """

    def __init__(self, org: Mapping[str, Objects]) -> None:
        self.patience = 0
        self.largest = 150 * MEGABYTE
        self.jobs: dict[str, Job] = {}
        self._org = org
        self._waited: dict[str, int] = {}

    def create(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """An open job; raises Refusal for what no job can be made of."""
        objects = self._org.get(str(body.get("object")))
        if objects is None:
            raise refusal(400, "INVALIDENTITY", f"Unknown entity: {body.get('object')}")
        if body.get("operation") != "upsert" or body.get("contentType", "CSV") != "CSV":
            raise refusal(400, "INVALIDJOB", "the sandbox knows upserts of CSV")
        known = objects.kind.field(str(body.get("externalIdFieldName")))
        if known is None or not (known.external_id or known.id_lookup):
            raise refusal(400, "INVALIDJOB", "Field name provided is not an External ID")
        job = Job(f"750Ki{len(self.jobs) + 1:010d}AAA", objects, known.name)
        self.jobs[job.id] = job
        return job.info() | {"contentUrl": f"services/data/v62.0/jobs/ingest/{job.id}/batches"}

    def upload(self, key: str, content: bytes) -> None:
        """The job's one file."""
        job = self._job(key)
        if job.state != "Open":
            raise refusal(400, "INVALIDJOBSTATE", f"Job is not open: {job.state}")
        if job.content is not None:
            raise refusal(400, "INVALIDBATCH", f"Found multiple contents for job: <{key}>")
        if len(content) > self.largest:
            raise refusal(413, "REQUEST_ENTITY_TOO_LARGE", "the file exceeds 150 MB")
        job.content = content

    def change(self, key: str, state: object) -> dict[str, Any]:
        """UploadComplete closes, Aborted cancels; what was not worked off stays unprocessed."""
        job = self._job(key)
        if state == "UploadComplete":
            if job.state != "Open":
                message = "Closing already Completed Job not allowed"
                raise refusal(400, "INVALIDJOBSTATE", message)
            job.state = "UploadComplete"
        elif state == "Aborted":
            if job.state in NOT_TO_BE_ABORTED:
                message = "Aborting already Completed Job not allowed"
                raise refusal(400, "INVALIDJOBSTATE", message)
            job.state = "Aborted"
            job.columns, job.unprocessed = _read(job)
        else:
            raise refusal(400, "INVALIDJOBSTATE", f"no such state: {state}")
        return job.info()

    def info(self, key: str) -> dict[str, Any]:
        """How it stands."""
        job = self._job(key)
        self._get_on_with(job)
        return job.info()

    def pass_time(self) -> None:
        """The org gets on with its work, whether or not anybody asks about it."""
        for job in self.jobs.values():
            self._get_on_with(job)

    def _get_on_with(self, job: Job) -> None:
        if job.state not in ("UploadComplete", "InProgress"):
            return
        waited = self._waited[job.id] = self._waited.get(job.id, 0) + 1
        if waited > self.patience:
            _work_off(self._org, job)
        else:
            job.state = "InProgress"

    def results(self, key: str, name: str) -> str:
        """One of the three lists as CSV: successfulResults, failedResults, unprocessedrecords."""
        job = self._job(key)
        if job.state not in NOT_TO_BE_ABORTED:
            raise refusal(400, "INVALIDJOBSTATE", f"Job is not complete: {job.state}")
        lists = {
            "successfulResults": (["sf__Id", "sf__Created"], job.successful),
            "failedResults": (["sf__Id", "sf__Error"], job.failed),
            "unprocessedrecords": ([], job.unprocessed),
        }
        if name not in lists:
            raise not_found()
        first, rows = lists[name]
        text = io.StringIO()
        writer = csv.DictWriter(text, [*first, *job.columns], lineterminator="\n")
        writer.writeheader()
        # In no particular order, as Salesforce warns.
        writer.writerows(reversed(rows))
        return text.getvalue()

    def _job(self, key: str) -> Job:
        if key not in self.jobs:
            raise not_found()
        return self.jobs[key]


def _work_off(org: Mapping[str, Objects], job: Job) -> None:
    job.columns, rows = _read(job)
    unknown = [name for name in job.columns if not _is_column(org, job.objects, name)]
    if b"\r\n" in (job.content or b""):
        job.error = "ClientInputError : LineEnding is invalid on user data. Current is LF"
    elif unknown:
        job.error = f"InvalidBatch : Field name not found : {unknown[0]}"
    if job.error:
        job.state, job.unprocessed = "Failed", rows
        return
    records = [_record(job.objects, row) for row in rows]
    results = composite.written(org, job.objects, job.external_id, records, all_or_none=False)
    for row, result in zip(rows, results, strict=True):
        if result["success"]:
            created = str(result["created"]).lower()
            job.successful.append({"sf__Id": result["id"], "sf__Created": created, **row})
            continue
        error = result["errors"][0]
        words = f"{error['statusCode']}:{error['message']}:{' '.join(error['fields'])}--"
        job.failed.append({"sf__Id": "", "sf__Error": words, **row})
    job.state = "JobComplete"


def _read(job: Job) -> tuple[list[str], list[Values]]:
    reader = csv.DictReader(io.StringIO((job.content or b"").decode(), newline=""))
    return list(reader.fieldnames or ()), list(reader)


def _is_column(org: Mapping[str, Objects], objects: Objects, name: str) -> bool:
    relation, _, other = name.rpartition(".")
    if not relation:
        return objects.kind.field(name) is not None
    return relation in org and org[relation].kind.field(other) is not None


def _record(objects: Objects, row: Values) -> dict[str, Any]:
    """An empty value says nothing; `#N/A` empties the field."""
    record: dict[str, Any] = {}
    for name, text in row.items():
        relation, _, other = name.rpartition(".")
        if text == "":
            continue
        if relation and text == "#N/A":
            record[f"{relation}Id"] = None
        elif relation:
            record[relation] = {other: text}
        else:
            record[name] = None if text == "#N/A" else _typed(objects, name, text)
    return record


def _typed(objects: Objects, name: str, text: str) -> object:
    known = objects.kind.field(name)
    if known is not None and known.type == "boolean" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if known is not None and known.type in NUMERIC:
        try:
            return float(text)
        except ValueError:
            return text
    return text
