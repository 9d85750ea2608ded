"""HubSpot's CRM objects: everything once, then what changed, and what was archived."""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from dlt.sources.helpers.rest_client.auth import BearerTokenAuth

from orchestration.sources.declaration import Hubspot
from orchestration.sources.vendor import Api, Cursor, Row, row

_ID = "hs_object_id"
_MODIFIED = ("lastmodifieddate", "hs_lastmodifieddate")
_LIST_PAGE = 100
_SEARCH_PAGE = 200
_ASSOCIATIONS_PAGE = 100


def api() -> Api:
    """The portal that `HUBSPOT_TOKEN` opens, at `HUBSPOT_URL`."""
    url = os.environ.get("HUBSPOT_URL") or "https://api.hubapi.com"
    return Api("hubspot", url, BearerTokenAuth(os.environ["HUBSPOT_TOKEN"]))


def rows(portal: Api, wanted: Hubspot, state: dict[str, Any]) -> Iterator[Row]:
    """New versions of one object's records; `state` carries the position from run to run."""
    cursor = Cursor(state, [wanted.properties, wanted.associations])
    since = cursor.since
    live = _listed(portal, wanted) if since is None else _changed(portal, wanted, since)
    yield from cursor.saw(_version(record) for record in live)
    # Archiving does not move the date of modification: only the bin's own list tells.
    for record in _listed(portal, wanted, archived=True):
        if since is None or datetime.fromisoformat(record["archivedAt"]) >= since:
            yield row(_content(record), record["id"], record["archivedAt"], is_deleted=True)
    cursor.advance()


def _version(record: dict[str, Any]) -> Row:
    return row(_content(record), record["id"], record["updatedAt"], is_deleted=False)


def _content(record: dict[str, Any]) -> dict[str, Any]:
    """A record without its dates of modification.

    They move with every write, also with one that changes nothing that is collected here, such as
    our own sync's; the date of a version that is new stands beside it.
    """
    properties = {k: v for k, v in record["properties"].items() if k not in _MODIFIED}
    return {k: v for k, v in record.items() if k != "updatedAt"} | {"properties": properties}


def _modified(wanted: Hubspot) -> str:
    return "lastmodifieddate" if wanted.object == "contacts" else "hs_lastmodifieddate"


def _listed(portal: Api, wanted: Hubspot, *, archived: bool = False) -> Iterator[dict[str, Any]]:
    question: dict[str, Any] = {
        "limit": _LIST_PAGE,
        "properties": ",".join(wanted.properties),
        "archived": str(archived).lower(),
    }
    if wanted.associations:
        question["associations"] = ",".join(wanted.associations)
    while True:
        path = f"/crm/v3/objects/{wanted.object}"
        page = portal.ask("GET", path, "results", params=question)
        yield from page["results"]
        if "paging" not in page:
            return
        question["after"] = page["paging"]["next"]["after"]


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
        for start in range(0, len(records), _ASSOCIATIONS_PAGE):
            part = {each["id"]: each for each in records[start : start + _ASSOCIATIONS_PAGE]}
            body = {"inputs": [{"id": record_id} for record_id in part]}
            for found in portal.ask("POST", path, "results", json=body)["results"]:
                linked = part[found["from"]["id"]].setdefault("associations", {})
                linked[other] = {"results": found["to"]}
    return records
