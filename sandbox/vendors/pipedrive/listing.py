"""How Pipedrive lists records: by a cursor in API v2, by an offset in API v1."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sandbox.vendors.pipedrive.schema import Record, invalid

LARGEST_PAGE = 500
SORTS = ("id", "update_time", "add_time")
STATUSES = {"open", "won", "lost", "deleted"}


def by_cursor(records: Iterable[Record], question: Mapping[str, str]) -> dict[str, Any]:
    """A page of API v2; a cursor stands at the last record read, whatever changes meanwhile."""
    size, sort = _size(question), question.get("sort_by", "id")
    if sort not in SORTS:
        raise invalid("sort_by", f"must be one of {', '.join(SORTS)}")
    descending = question.get("sort_direction") == "desc"

    def place(record: Record) -> tuple[Any, int]:
        return record[sort], int(record["id"])

    found = sorted(_changed(records, question), key=place, reverse=descending)
    if question.get("cursor"):
        last = _read(question["cursor"])
        found = [r for r in found if (place(r) < last if descending else place(r) > last)]
    page = found[:size]
    cursor = _written(place(page[-1])) if len(found) > size else None
    return {"success": True, "data": page, "additional_data": {"next_cursor": cursor}}


def by_offset(records: Iterable[Record], question: Mapping[str, str]) -> dict[str, Any]:
    """A page of API v1: what changes meanwhile may shift the pages."""
    size, sort = _size(question), question.get("sort", "add_time ASC").split(" ")
    start = int(question.get("start") or 0)
    descending = sort[1:] == ["DESC"]
    found = sorted(
        _changed(records, question), key=lambda r: (r[sort[0]], r["id"]), reverse=descending
    )
    more = start + size < len(found)
    pagination = {"start": start, "limit": size, "more_items_in_collection": more}
    if more:
        pagination["next_start"] = start + size
    page = found[start : start + size]
    return {"success": True, "data": page, "additional_data": {"pagination": pagination}}


def with_status(deals: Iterable[Record], question: Mapping[str, str]) -> list[Record]:
    """Deals of the statuses asked for; without a question all that are not deleted."""
    wanted = set(filter(None, question.get("status", "").split(",")))
    if wanted - STATUSES:
        raise invalid("status", f"must be one of {', '.join(sorted(STATUSES))}")
    wanted = wanted or STATUSES - {"deleted"}
    return [
        deal for deal in deals if ("deleted" if deal["is_deleted"] else deal["status"]) in wanted
    ]


def _size(question: Mapping[str, str]) -> int:
    size = question.get("limit", "100")
    if not size.isdigit() or not 1 <= int(size) <= LARGEST_PAGE:
        raise invalid("limit", f"must be between 1 and {LARGEST_PAGE}")
    return int(size)


def _changed(records: Iterable[Record], question: Mapping[str, str]) -> Iterable[Record]:
    told = question.get("updated_since")
    if not told:
        return records
    try:
        since = datetime.fromisoformat(told)
    except ValueError:
        raise invalid("updated_since", "must be in RFC3339 format") from None
    return [each for each in records if datetime.fromisoformat(each["update_time"]) >= since]


def _written(place: tuple[Any, int]) -> str:
    return urlsafe_b64encode(json.dumps(place).encode()).decode()


def _read(cursor: str) -> tuple[Any, int]:
    try:
        value, key = json.loads(urlsafe_b64decode(cursor))
    except ValueError:
        raise invalid("cursor", "is no cursor") from None
    return value, key
