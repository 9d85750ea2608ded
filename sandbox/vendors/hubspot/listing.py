"""HubSpot's listing of one object type: pages in the order of ids, live or archived records."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.requests import Request

from sandbox.vendors.hubspot.errors import bad_request
from sandbox.vendors.hubspot.objects import Objects
from sandbox.vendors.state import Record, id_order

LARGEST_PAGE = 100


def listed(objects: Objects, request: Request) -> dict[str, Any]:
    """One page; raises Refusal for a page size that HubSpot refuses."""
    query = request.query_params
    limit = query.get("limit", "10")
    if not limit.isdigit() or not 1 <= int(limit) <= LARGEST_PAGE:
        raise bad_request(f"limit must be between 1 and {LARGEST_PAGE}")
    after, archived = query.get("after", ""), query.get("archived") == "true"
    records, more = _page(objects, after, int(limit), archived)
    reply: dict[str, Any] = {"results": [shown(objects, record, query) for record in records]}
    if more:
        last = records[-1].id
        link = f"{request.base_url}{request.url.path[1:]}"
        parameters = urlencode([*_without_after(query.multi_items()), ("after", last)])
        reply["paging"] = {"next": {"after": last, "link": f"{link}?{parameters}"}}
    return reply


def shown(objects: Objects, record: Record, query: QueryParams) -> dict[str, Any]:
    """A record with the properties and associations that a request asks for."""
    associations = _names(query.getlist("associations"))
    properties = _names(query.getlist("properties"))
    return objects.show(record, properties) | _linked(record, associations)


def _page(objects: Objects, after: str, limit: int, archived: bool) -> tuple[list[Record], bool]:
    """The records that follow id `after`, and whether there are more."""
    found: list[Record] = []
    ids = objects.table.ids()
    start = bisect_right(ids, id_order(after), key=id_order) if after else 0
    for key in islice(ids, start, None):
        record = objects.table.records[key]
        if (record.deleted_at is not None) == archived:
            if len(found) == limit:
                return found, True
            found.append(record)
    return found, False


def _linked(record: Record, names: Sequence[str]) -> dict[str, Any]:
    linked = {name: record.associations[name] for name in names if name in record.associations}
    return {"associations": linked} if linked else {}


def _names(values: Sequence[str]) -> tuple[str, ...]:
    """Comma-separated or repeated query values, both of which HubSpot takes."""
    return tuple(name for value in values for name in value.split(",") if name)


def _without_after(items: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in items if name != "after"]
