"""Salesforce records of any object, written by an external id: 200 at a time, or as a job.

https://developer.salesforce.com/docs/platform/api-rest/guide/resources-composite-sobjects-collections-upsert.html
https://developer.salesforce.com/docs/platform/api-rest/guide/errorcodes.md
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import httpx
from pydantic import Field

from orchestration.activation.declaration import Sync
from orchestration.destinations.authorization import OAuth
from orchestration.destinations.protocol import (
    Batch,
    BatchRefused,
    Exchange,
    Offer,
    Options,
    Outcome,
    Row,
    Steps,
    account,
)
from orchestration.destinations.salesforce.answers import GONE, body, member, outcomes, refusal
from orchestration.destinations.salesforce.bulk import Jobs
from orchestration.destinations.salesforce.records import emptied, record
from orchestration.warehouse import Home

API = "/services/data/v62.0"
COLLECTION = 200
# So that a query of longest external ids still fits a URL.
QUERIED = 40


class SalesforceOptions(Options):
    """When many rows travel as a job."""

    bulk_above: int = Field(
        default=2000,
        ge=0,
        description="with more rows than this to write at once, they travel as a job of Bulk API "
        "2.0, about which the next run asks",
    )


OFFER = Offer(
    modes=("upsert", "mirror"),
    leave=("clear", "delete"),
    objects=(),
    needs_match=True,
    options=SalesforceOptions,
    batch=10_000,
    requests_per_second=10,
    variables=("SALESFORCE_URL", "SALESFORCE_CLIENT_ID", "SALESFORCE_CLIENT_SECRET"),
)


def build(sync: Sync, home: Home, environment: Mapping[str, str]) -> "Salesforce | None":
    """Needs SALESFORCE_URL (the org's own domain), SALESFORCE_CLIENT_ID and its _SECRET."""
    names = ("SALESFORCE_URL", "SALESFORCE_CLIENT_ID", "SALESFORCE_CLIENT_SECRET")
    url, client, secret = (environment.get(name, "") for name in names)
    return Salesforce(url.rstrip("/"), client, secret, sync) if url and client and secret else None


class Salesforce:
    """Records of one object, found by the external id `match`.

    A batch of more than `bulk_above` rows is a job; a smaller one, and whatever is taken back,
    goes in collections and is answered at once. A removal goes by the record's own id, because an
    upsert would bring back a record that somebody has deleted. Clearing leaves what the object
    requires, such as a contact's last name.
    """

    def __init__(self, url: str, client: str, secret: str, sync: Sync) -> None:
        form = {
            "grant_type": "client_credentials",
            "client_id": client,
            "client_secret": secret,
        }
        self.account = account(url, client)
        self.auth = OAuth(f"{url}/services/oauth2/token", form)
        self._url = url + API
        self._object = sync.object or ""
        self._match = sync.match or ""
        self._deletes = sync.removal == "delete"
        self._fields = sorted(field for field in sync.map if field != self._match)
        self._bulk_above = SalesforceOptions.model_validate(sync.options).bulk_above
        self._jobs = Jobs(self._url, self._object, self._match, sync.map)
        self._emptied: dict[str, Any] = {}

    def prepare(self, types: Mapping[str, str]) -> Exchange:
        """Learns which fields a record cannot be without, if removals clear."""
        if self._deletes:
            return
        response = yield httpx.Request("GET", f"{self._url}/sobjects/{self._object}/describe")
        if not response.is_success:
            raise refusal(response)
        fields = member(response, "fields")
        if not isinstance(fields, list):
            raise BatchRefused("unreadable", "")
        self._emptied = emptied(self._fields, fields)

    def deliver(self, batch: Batch) -> Steps:
        """A job, or collections one after the other."""
        if batch.is_removal:
            return (yield from self._take_back(batch))
        if len(batch.rows) > self._bulk_above:
            return (yield from self._jobs.deliver(batch))
        path, found = f"/composite/sobjects/{self._object}/{self._match}", list[Outcome]()
        for rows in _pieces(batch.rows, COLLECTION):
            records = [record(self._object, row) for row in rows]
            answer = yield from self._asked("PATCH", path, _collection(records))
            found += outcomes(answer, rows)
        return found

    def poll(self, ticket: str, batch: Batch) -> Steps:
        """How a job ended."""
        return self._jobs.poll(ticket, batch)

    def throttled(self, response: httpx.Response) -> bool:
        """Never: the 403 of Salesforce's limit (REQUEST_LIMIT_EXCEEDED) is good for a day."""
        return False

    def _take_back(self, batch: Batch) -> Steps:
        ids = yield from self._ids([row for row in batch.rows if not row.remote_id])
        found = [Outcome(row.position, "sent") for row in batch.rows if not _known(row, ids)]
        for rows in _pieces([row for row in batch.rows if _known(row, ids)], COLLECTION):
            keys = [_known(row, ids) for row in rows]
            if self._deletes:
                path = f"/composite/sobjects?ids={','.join(keys)}&allOrNone=false"
                answer = yield from self._asked("DELETE", path)
            else:
                kind = {"attributes": {"type": self._object}}
                records = [{**kind, "id": key, **self._emptied} for key in keys]
                answer = yield from self._asked(
                    "PATCH", "/composite/sobjects", _collection(records)
                )
            found += outcomes(answer, rows, also_taken=GONE)
        return found

    def _ids(self, rows: Sequence[Row]) -> Generator[httpx.Request, httpx.Response, dict[str, str]]:
        """Record ids by external id in lower case, of rows that may have arrived unnoticed."""
        ids: dict[str, str] = {}
        for piece in _pieces(rows, QUERIED):
            values = ", ".join(_literal(row.match) for row in piece)
            query = (
                f"SELECT Id, {self._match} FROM {self._object} WHERE {self._match} IN ({values})"
            )
            answer = yield from self._asked("GET", f"/query?q={quote(query)}")
            records = answer.get("records") if isinstance(answer, dict) else None
            if not isinstance(records, list):
                raise BatchRefused("unreadable", "")
            for found in records:
                # Salesforce spells names its own way.
                told = {name.lower(): value for name, value in found.items()}
                ids[str(told.get(self._match.lower())).lower()] = str(told.get("id"))
        return ids

    def _asked(
        self, method: str, path: str, content: object = None
    ) -> Generator[httpx.Request, httpx.Response, object]:
        response = yield httpx.Request(method, self._url + path, json=content)
        if not response.is_success:
            raise refusal(response)
        return body(response)


def _known(row: Row, ids: Mapping[str, str]) -> str:
    return row.remote_id or ids.get(row.match.lower(), "")


def _collection(records: list[dict[str, Any]]) -> dict[str, Any]:
    return {"allOrNone": False, "records": records}


def _pieces(rows: Sequence[Row], size: int) -> Iterator[Sequence[Row]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _literal(text: str) -> str:
    """A text as SOQL has it."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
