"""HubSpot's lists and the contacts in them, read whole: HubSpot dates neither leaving nor deletion.

https://developers.hubspot.com/docs/guides/api/crm/lists/overview
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from orchestration.sources.declaration import Hubspot
from orchestration.sources.id_scan import Scan, chunks
from orchestration.sources.json_values import utc_text
from orchestration.sources.vendor import OVERLAP, Api, Row, VendorError, row

_CONTACTS = "0-1"
_SEARCH_PAGE = 500
_MEMBERS_PAGE = 250
_ROWS_A_CHUNK = 5_000
Content = dict[str, Any]
# They move without anybody's change of the list.
_MOVING = ("updatedAt", "processingStatus")


def rows(portal: Api, wanted: Hubspot, state: dict[str, Any], scan: Scan) -> Iterator[Row]:
    """All lists, or who joined a list of contacts since; and what is not there any more."""
    now = datetime.now(UTC)
    lists = list(_lists(portal, utc_text(now)))
    if wanted.object == "lists":
        known = {str(each["listId"]): each for _, each in lists}
        yield from _compared(lists, "", utc_text(now), scan, known.__getitem__)
        return
    contacts = [each["listId"] for _, each in lists if each["objectTypeId"] == _CONTACTS]
    joined = (pair for key in contacts for pair in _members(portal, str(key)))
    until = state.get("until", "")
    yield from _compared(joined, until, utc_text(now), scan, _membership_of)
    state["until"] = utc_text(now - OVERLAP)


def _compared(
    found: Iterable[tuple[str, Content]],
    since: str,
    now: str,
    scan: Scan,
    again: Callable[[str], Content],
) -> Iterator[Row]:
    """What changed since, what is gone, and what is there though it never landed or was gone.

    `again` gives what belongs to the id of one that is back.
    """
    with scan() as keys:
        for chunk in chunks((_version(*pair) for pair in found), _ROWS_A_CHUNK):
            changed = [each["updated_at"] >= since for each in chunk]
            ids = [each["record_id"] for each in chunk]
            keys.saw(list(zip(ids, changed, strict=True)))
            yield from (each for each, is_changed in zip(chunk, changed, strict=True) if is_changed)
        for record_id, deleted_at in keys.gone(now):
            yield row({}, record_id, deleted_at, is_deleted=True)
        for record_id in keys.unread():
            yield _version(now, again(record_id))


def _version(changed_at: str, content: Content) -> Row:
    record_id = "|".join(str(content[key]) for key in ("listId", "recordId") if key in content)
    return row(content, record_id, changed_at, is_deleted=False)


def _lists(portal: Api, now: str) -> Iterator[tuple[str, Content]]:
    """Each list with the date of its last change."""
    body: dict[str, Any] = {"query": "", "count": _SEARCH_PAGE, "offset": 0}
    while True:
        page = portal.ask("POST", "/crm/v3/lists/search", "lists", json=body)
        for each in page["lists"]:
            content = {name: value for name, value in each.items() if name not in _MOVING}
            yield each.get("updatedAt") or now, content
        if not page["lists"] or not page.get("hasMore"):
            return
        body["offset"] += len(page["lists"])


def _members(portal: Api, list_id: str) -> Iterator[tuple[str, Content]]:
    """Each membership with the date of joining."""
    path = f"/crm/v3/lists/{list_id}/memberships"
    question: dict[str, Any] = {"limit": _MEMBERS_PAGE}
    while True:
        page = portal.ask("GET", path, "results", params=question)
        for each in page["results"]:
            yield each["membershipTimestamp"], _membership(list_id, str(each["recordId"]))
        after = page.get("paging", {}).get("next", {}).get("after")
        if after is None:
            return
        if after == question.get("after"):
            raise VendorError(f"hubspot told the same page of GET {path} to come next")
        question["after"] = after


def _membership_of(record_id: str) -> Content:
    list_id, _, contact = record_id.partition("|")
    return _membership(list_id, contact)


def _membership(list_id: str, contact: str) -> Content:
    return {"listId": list_id, "recordId": contact}
