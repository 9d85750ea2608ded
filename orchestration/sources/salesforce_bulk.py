"""Salesforce's Bulk API 2.0 for readings of many records: a job, waited for, and its pages of CSV.

https://developer.salesforce.com/docs/platform/api-asynch/guide/query-bulk-api-2-0.html
"""

import csv
import io
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from orchestration.sources.vendor import Api, RefusedError, VendorError

PAGE = 50_000
FIRST_WAIT, LONGEST_WAIT = 1.0, 30.0
PATIENCE_SECONDS = 2 * 60 * 60
_LOG = logging.getLogger("kith.collect")
_ENDED = ("JobComplete", "Failed", "Aborted")
_VALUES: dict[str, Callable[[str], object]] = {
    "boolean": lambda text: text == "true",
    "int": int,
    "double": float,
    "currency": float,
    "percent": float,
    "datetime": lambda text: text.replace("Z", "+0000"),
}


@dataclass(frozen=True)
class Page:
    """Some records of a job, as a query would return them; `locator` leads to more, if any."""

    job: str
    records: list[dict[str, Any]]
    locator: str | None


@dataclass(frozen=True)
class Bulk:
    """Query jobs of one query about one object; `data` is the path of the API's version."""

    org: Api
    data: str
    object: str
    query: str

    def create(self) -> str | None:
        """A new job's id; None where Salesforce does not take this query in bulk."""
        body = {"operation": "queryAll", "query": self.query}
        try:
            return str(self.org.ask("POST", f"{self.data}/jobs/query", "id", json=body)["id"])
        except RefusedError as refused:
            # Some objects and kinds of field, such as addresses, are there in plain queries only.
            if refused.status == 400 and "INVALID_FIELD" not in refused.words:
                return None
            raise

    def page(self, job: str, locator: str | None, types: Mapping[str, str]) -> Page:
        """The page of a job to which the locator leads, once the job is complete.

        A job that failed or that Salesforce forgot, as it does after seven days, is done once more
        from the start. `types` are those of the fields. Raises VendorError if that fails too.
        """
        try:
            if self._is_complete(job):
                return self._read(job, locator, types)
        except RefusedError as refused:
            if refused.status not in (400, 404):
                raise
        again = self.create()
        if again is None or not self._is_complete(again):
            raise VendorError(f"salesforce could not complete a query job of {self.object}")
        return self._read(again, None, types)

    def _is_complete(self, job: str) -> bool:
        """Whether the job ended well; that may take hours, and a later run may go on waiting."""
        wait, until = FIRST_WAIT, time.monotonic() + PATIENCE_SECONDS
        while True:
            told = self.org.ask("GET", f"{self.data}/jobs/query/{job}", "state")
            if told["state"] in _ENDED:
                return bool(told["state"] == "JobComplete")
            if time.monotonic() > until:
                raise VendorError(f"salesforce is still at work on the query job of {self.object}")
            count = told.get("numberRecordsProcessed", 0)
            _LOG.info("salesforce is at work on %s: %s records so far", self.object, count)
            time.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT)

    def _read(self, job: str, locator: str | None, types: Mapping[str, str]) -> Page:
        parameters = {"maxRecords": str(PAGE)} | ({"locator": locator} if locator else {})
        path = f"{self.data}/jobs/query/{job}/results"
        answer = self.org.answer("GET", path, params=parameters)
        count = answer.headers.get("Sforce-NumberOfRecords", "")
        rows = list(csv.DictReader(io.StringIO(answer.content.decode(), newline="")))
        # What was cut short, or came from a proxy, is no page.
        if not count.isdigit() or len(rows) != int(count):
            raise VendorError(f"salesforce answered with part of a page of {self.object}")
        following = answer.headers.get("Sforce-Locator", "null")
        if following == locator:
            raise VendorError(f"salesforce told the same page of {self.object} to come next")
        records = [self._record(each, types) for each in rows]
        return Page(job, records, None if following == "null" else following)

    def _record(self, row: Mapping[str, str], types: Mapping[str, str]) -> dict[str, Any]:
        """As a query returns it, so that a record is the same however it was read."""
        names = {name.lower(): name for name in types}
        shown = {names.get(name.lower(), name): text for name, text in row.items()}
        url = f"{self.data}/sobjects/{self.object}/{shown['Id']}"
        values = {name: _value(types.get(name, ""), text) for name, text in shown.items()}
        return {"attributes": {"type": self.object, "url": url}, **values}


def _value(kind: str, text: str) -> object:
    if text == "":
        return False if kind == "boolean" else None
    try:
        return _VALUES[kind](text) if kind in _VALUES else text
    except ValueError:
        return text
