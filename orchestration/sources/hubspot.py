"""HubSpot's CRM objects: everything once, then what changed, was merged, and was archived."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from dlt.sources.helpers.rest_client.auth import BearerTokenAuth

from orchestration.sources.declaration import Hubspot
from orchestration.sources.id_scan import Scan, reconciled
from orchestration.sources.json_values import utc_text
from orchestration.sources.vendor import Api, Cursor, RefusedError, Row, VendorError, row

_ID = "hs_object_id"
_MERGED = "hs_merged_object_ids"
_MODIFIED = ("lastmodifieddate", "hs_lastmodifieddate")
_LIST_PAGE = 100
_SEARCH_PAGE = 200
_BATCH = 100
# Of a first reading so many records land at once, so that a killed one loses no more.
SLICE = 10_000


def api() -> Api:
    """The portal that `HUBSPOT_TOKEN` opens, at `HUBSPOT_URL`."""
    url = os.environ.get("HUBSPOT_URL") or "https://api.hubapi.com"
    return Api("hubspot", url, BearerTokenAuth(os.environ["HUBSPOT_TOKEN"]))


def rows(
    portal: Api, wanted: Hubspot, state: dict[str, Any], scan: Scan | None = None
) -> Iterator[Row]:
    """New versions of one object's records; `state` carries the position from run to run."""
    cursor = Cursor(state, [wanted.properties, wanted.associations])
    since = cursor.since
    live = _first(portal, wanted, cursor) if since is None else _changed(portal, wanted, since)
    for record in live:
        yield from cursor.saw(_versions(record))
    if cursor.is_paused:
        return
    # Archiving does not move the date of modification: only the bin's own list tells.
    for page, _ in _listed(portal, wanted, archived=True):
        for record in page:
            if since is None or datetime.fromisoformat(record["archivedAt"]) >= since:
                yield row(_content(record), record["id"], record["archivedAt"], is_deleted=True)
    ids = partial(_ids, portal, wanted)
    yield from reconciled(
        f"hubspot {wanted.object}", state, scan, ids, partial(_by_id, portal, wanted)
    )
    cursor.advance()


def _versions(record: dict[str, Any]) -> Iterator[Row]:
    """A record, and those that it took the place of: their ids are told nowhere else."""
    # Without an id or a date the load puts it into quarantine, or takes it for new now.
    record_id = str(record.get("id") or "")
    changed_at = str(record.get("updatedAt") or utc_text(datetime.now(UTC)))
    yield row(_content(record), record_id, changed_at, is_deleted=False)
    for merged in str((record.get("properties") or {}).get(_MERGED) or "").split(";"):
        if merged not in ("", record_id):
            content = {"id": merged, "mergedInto": record_id}
            yield row(content, merged, changed_at, is_deleted=True)


def _content(record: dict[str, Any]) -> dict[str, Any]:
    """A record without its dates of modification.

    They move with every write, also with one that changes nothing that is collected here, such as
    our own sync's; the date of a version that is new stands beside it.
    """
    told = record.get("properties") or {}
    properties = {k: v for k, v in told.items() if k not in _MODIFIED}
    return {k: v for k, v in record.items() if k != "updatedAt"} | {"properties": properties}


def _modified(wanted: Hubspot) -> str:
    return "lastmodifieddate" if wanted.object == "contacts" else "hs_lastmodifieddate"


def _first(portal: Api, wanted: Hubspot, cursor: Cursor) -> Iterator[dict[str, Any]]:
    """All records from where the last slice ended, to the end of this one."""
    read = 0
    for page, after in _listed(portal, wanted, after=cursor.position.get("after")):
        yield from page
        read += len(page)
        if after and read >= SLICE:
            cursor.pause(after=after)
            return


def _listed(
    portal: Api, wanted: Hubspot, *, archived: bool = False, after: str | None = None
) -> Iterator[tuple[list[dict[str, Any]], str | None]]:
    """The listing by pages, each with what leads to the next one."""
    question: dict[str, Any] = {
        "limit": _LIST_PAGE,
        "properties": ",".join(wanted.properties),
        "archived": str(archived).lower(),
    }
    if wanted.associations:
        question["associations"] = ",".join(wanted.associations)
    yield from _pages(portal, wanted, question, after)


def _pages(
    portal: Api, wanted: Hubspot, question: dict[str, Any], after: str | None = None
) -> Iterator[tuple[list[dict[str, Any]], str | None]]:
    path = f"/crm/v3/objects/{wanted.object}"
    resumed = after
    while True:
        asked = {**question, "after": after} if after else question
        try:
            page = portal.ask("GET", path, "results", params=asked)
        except RefusedError as refused:
            # What an earlier run was told may have become void.
            if refused.status != 400 or after is None or after != resumed:
                raise
            after = resumed = None
            continue
        before, after = after, page.get("paging", {}).get("next", {}).get("after")
        yield page["results"], after
        if after is None:
            return
        if after == before:
            raise VendorError(f"hubspot told the same page of GET {path} to come next")


def _ids(portal: Api, wanted: Hubspot) -> Iterator[str]:
    for page, _ in _pages(portal, wanted, {"limit": _LIST_PAGE, "properties": _ID}):
        yield from (record["id"] for record in page)


def _by_id(portal: Api, wanted: Hubspot, ids: list[str]) -> Iterator[Row]:
    """The records of at most a hundred ids; a merged one's id gives what took its place."""
    path = f"/crm/v3/objects/{wanted.object}/batch/read"
    body = {"inputs": [{"id": each} for each in ids], "properties": wanted.properties}
    page = portal.ask("POST", path, "results", json=body)["results"]
    for record in _with_associations(portal, wanted, page):
        yield from _versions(record)


def _changed(portal: Api, wanted: Hubspot, since: datetime) -> Iterator[dict[str, Any]]:
    """Records changed at or after a moment, some of them twice.

    Search pages by offset, shifts while records change and ends at 10,000. So every page is the
    first of a new search, from the last change seen on.
    """
    modified = _modified(wanted)
    while True:
        page, total = _searched(portal, wanted, modified, _filter(modified, "GTE", since))
        yield from _with_associations(portal, wanted, page)
        if total <= len(page):
            return
        last = datetime.fromisoformat(page[-1]["updatedAt"])
        if last > since:
            since = last
        else:
            yield from _changed_at(portal, wanted, since)
            since = last + timedelta(milliseconds=1)


def _changed_at(portal: Api, wanted: Hubspot, moment: datetime) -> Iterator[dict[str, Any]]:
    """Records changed in one millisecond, as a bulk edit leaves them, in the order of their ids."""
    at_that_moment = _filter(_modified(wanted), "EQ", moment)
    after = {"propertyName": _ID, "operator": "GT", "value": "0"}
    while True:
        page, total = _searched(portal, wanted, _ID, at_that_moment, after)
        yield from _with_associations(portal, wanted, page)
        if total <= len(page):
            return
        after["value"] = page[-1]["id"]


def _filter(name: str, operator: str, moment: datetime) -> dict[str, str]:
    milliseconds = str(round(moment.timestamp() * 1000))
    return {"propertyName": name, "operator": operator, "value": milliseconds}


def _searched(
    portal: Api, wanted: Hubspot, sort: str, *filters: dict[str, str]
) -> tuple[list[dict[str, Any]], int]:
    """The first page of a search, and how many records match in all."""
    body = {
        "filterGroups": [{"filters": filters}],
        "sorts": [{"propertyName": sort, "direction": "ASCENDING"}],
        "properties": wanted.properties,
        "limit": _SEARCH_PAGE,
    }
    page = portal.ask("POST", f"/crm/v3/objects/{wanted.object}/search", "results", json=body)
    return page["results"], page["total"]


def _with_associations(
    portal: Api, wanted: Hubspot, records: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Search does not tell associations, so they are read by id, in the shape of the listing."""
    for other in wanted.associations:
        path = f"/crm/v3/associations/{wanted.object}/{other}/batch/read"
        for start in range(0, len(records), _BATCH):
            part = {each["id"]: each for each in records[start : start + _BATCH]}
            body = {"inputs": [{"id": record_id} for record_id in part]}
            for found in portal.ask("POST", path, "results", json=body)["results"]:
                linked = part[found["from"]["id"]].setdefault("associations", {})
                linked[other] = {"results": found["to"]}
    return records
