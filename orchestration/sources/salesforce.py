"""Salesforce objects: everything once, then what changed; deletions and merges included."""

import os
from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import urlencode

from orchestration.sources.credentials import RenewedToken
from orchestration.sources.declaration import Salesforce
from orchestration.sources.id_scan import Scan, reconciled
from orchestration.sources.salesforce_bulk import Bulk
from orchestration.sources.vendor import Api, Cursor, RefusedError, Row, VendorError, row

_DATA = "/services/data/v62.0"
_NEEDED = ("Id", "SystemModstamp", "IsDeleted")
# A first reading of more records than this is a job of the Bulk API.
LARGE = 50_000
# So many records land at once, so that a killed reading loses no more.
SLICE = 50_000


class UnknownFieldsError(VendorError):
    """The org has none of the `fields`, or does not show them to the user who reads."""

    def __init__(self, text: str, fields: list[str]) -> None:
        super().__init__(text)
        self.fields = fields


def api() -> Api:
    """The org at `SALESFORCE_URL`, entered with the client credentials of the environment."""
    granted = _granted()
    tokens = iter([granted["access_token"]])
    renewed = RenewedToken(lambda: next(tokens, None) or _granted()["access_token"])
    return Api("salesforce", granted["instance_url"], renewed)


def _granted() -> dict[str, Any]:
    credentials = {
        "grant_type": "client_credentials",
        "client_id": os.environ["SALESFORCE_CLIENT_ID"],
        "client_secret": os.environ["SALESFORCE_CLIENT_SECRET"],
    }
    door = Api("salesforce", os.environ["SALESFORCE_URL"])
    return door.ask("POST", "/services/oauth2/token", "access_token", data=credentials)


def rows(
    org: Api, wanted: Salesforce, state: dict[str, Any], scan: Scan | None = None
) -> Iterator[Row]:
    """New versions of one object's records; `state` carries the position from run to run.

    Raises UnknownFieldsError for fields that the org does not show, else VendorError.
    """
    cursor = Cursor(state, wanted.fields)
    try:
        yield from cursor.saw(_version(record) for record in _records(org, wanted, cursor))
    except RefusedError as refused:
        if "INVALID_FIELD" in refused.words:
            raise _unknown_fields(org, wanted) from None
        raise
    if cursor.is_paused:
        return
    ids = partial(_ids, org, wanted)
    yield from reconciled(
        f"salesforce {wanted.object}", state, scan, ids, partial(_by_id, org, wanted)
    )
    cursor.advance()


def _version(record: dict[str, Any]) -> Row:
    changed_at = record["SystemModstamp"].replace("+0000", "Z")
    # The date moves also with a write that changes nothing that is collected here, such as our own
    # sync's; the date of a version that is new stands beside it.
    content = {name: value for name, value in record.items() if name != "SystemModstamp"}
    return row(content, record["Id"], changed_at, is_deleted=record["IsDeleted"])


def _records(org: Api, wanted: Salesforce, cursor: Cursor) -> Iterator[dict[str, Any]]:
    """A slice of what is to be read, and at its end a pause if there is more."""
    bulk = Bulk(org, _DATA, wanted.object, _select(wanted))
    job = cursor.position.get("job")
    if cursor.since is None and not cursor.position and _is_large(org, wanted):
        job = bulk.create()
        if job is not None:
            # Kept at once, so that after a kill this job is waited for and no second one is made.
            cursor.pause(job=job)
            return
    if job is None:
        yield from _slice(org, wanted, cursor)
        return
    page = bulk.page(job, cursor.position.get("locator"), _described(org, wanted))
    yield from page.records
    if page.locator is not None:
        cursor.pause(job=page.job, locator=page.locator)


def _slice(org: Api, wanted: Salesforce, cursor: Cursor) -> Iterator[dict[str, Any]]:
    """Records in the order of their changes, from where the last slice ended."""
    conditions = []
    if cursor.since is not None:
        conditions.append(f"SystemModstamp >= {cursor.since:%Y-%m-%dT%H:%M:%SZ}")
    if last := cursor.position.get("last"):
        stamp, record_id = last
        later = f"SystemModstamp > {stamp} OR (SystemModstamp = {stamp} AND Id > '{record_id}')"
        conditions = [f"({later})"]
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    query = f"{_select(wanted)}{where} ORDER BY SystemModstamp, Id LIMIT {SLICE}"
    read, record = 0, None
    try:
        for record in _queried(org, query):
            yield record
            read += 1
    except RefusedError as refused:
        # Others' queries closed this one; the next slice goes on behind the last record.
        if record is None or "INVALID_QUERY_LOCATOR" not in refused.words:
            raise
        read = SLICE
    if record is not None and read >= SLICE:
        stamp = record["SystemModstamp"].replace("+0000", "Z")
        cursor.pause(last=[stamp, record["Id"]])


def _select(wanted: Salesforce) -> str:
    fields = dict.fromkeys([*wanted.fields, *_NEEDED])
    return f"SELECT {', '.join(fields)} FROM {wanted.object}"


def _queried(org: Api, query: str) -> Iterator[dict[str, Any]]:
    path: str | None = _path(query)
    while path:
        page = org.ask("GET", path, "records")
        yield from page["records"]
        before, path = path, page.get("nextRecordsUrl")
        if path == before:
            raise VendorError("salesforce told the same page of a query to come next")


def _path(query: str) -> str:
    return f"{_DATA}/queryAll?{urlencode({'q': query})}"


def _is_large(org: Api, wanted: Salesforce) -> bool:
    # The Bulk API knows no fields of related objects.
    if any("." in field for field in wanted.fields):
        return False
    try:
        reply = org.ask("GET", _path(f"SELECT COUNT() FROM {wanted.object}"), "totalSize")
    except RefusedError as refused:
        if "QUERY_TIMEOUT" in refused.words:
            return True
        raise
    return int(reply["totalSize"]) > LARGE


def _ids(org: Api, wanted: Salesforce) -> Iterator[str]:
    for record in _queried(org, f"SELECT Id FROM {wanted.object}"):
        yield record["Id"]


def _by_id(org: Api, wanted: Salesforce, ids: list[str]) -> Iterator[Row]:
    listed = ", ".join(f"'{each}'" for each in ids)
    for record in _queried(org, f"{_select(wanted)} WHERE Id IN ({listed})"):
        yield _version(record)


def _described(org: Api, wanted: Salesforce) -> dict[str, str]:
    """The type of each field that the org shows, by name."""
    reply = org.ask("GET", f"{_DATA}/sobjects/{wanted.object}/describe", "fields")
    return {field["name"]: field["type"] for field in reply["fields"]}


def _unknown_fields(org: Api, wanted: Salesforce) -> VendorError:
    known = {name.lower() for name in _described(org, wanted)}
    fields = [name for name in wanted.fields if "." not in name and name.lower() not in known]
    listed = ", ".join(fields) or "a field"
    return UnknownFieldsError(f"salesforce has no {listed} on {wanted.object}", fields)
