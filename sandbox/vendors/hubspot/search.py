"""HubSpot's search: filter groups, one sort, pages of at most 200, nothing beyond 10,000."""

import json
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.vendors.hubspot.errors import bad_request
from sandbox.vendors.hubspot.objects import Objects
from sandbox.vendors.hubspot.schema import Property, comparable
from sandbox.vendors.state import Record

DEEPEST = 10_000
LARGEST_PAGE = 200
MOST_GROUPS, MOST_FILTERS_IN_GROUP, MOST_FILTERS = 5, 6, 18
COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "EQ": operator.eq,
    "NEQ": operator.ne,
    "LT": operator.lt,
    "LTE": operator.le,
    "GT": operator.gt,
    "GTE": operator.ge,
}


@dataclass(frozen=True)
class Filter:
    """One comparison of a property with a value."""

    definition: Property
    compare: Callable[[Any, Any], bool]
    value: float | str

    def accepts(self, record: Record) -> bool:
        """Whether the record has the property and the comparison holds."""
        held = record.fields.get(self.definition.name)
        return held is not None and self.compare(comparable(self.definition, held), self.value)


class Search:
    """Searches one object type; remembers the last result so that paging does not repeat it."""

    def __init__(self, objects: Objects) -> None:
        self.objects = objects
        self._remembered: tuple[object, list[str]] = (None, [])

    def page(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The reply to one search request; raises Refusal for what HubSpot refuses."""
        limit, after = _window(body)
        ids = self._matching(body)
        shown = [self.objects.table.records[key] for key in ids[after : after + limit]]
        properties = body.get("properties") or ()
        reply: dict[str, Any] = {
            "total": len(ids),
            "results": [self.objects.show(record, properties) for record in shown],
        }
        if after + limit < len(ids):
            reply["paging"] = {"next": {"after": str(after + limit)}}
        return reply

    def _matching(self, body: Mapping[str, Any]) -> list[str]:
        question = json.dumps([body.get("filterGroups"), body.get("sorts")], sort_keys=True)
        asked = (question, self.objects.table.version)
        if self._remembered[0] != asked:
            self._remembered = (asked, self._search(body))
        return self._remembered[1]

    def _search(self, body: Mapping[str, Any]) -> list[str]:
        groups = self._groups(body.get("filterGroups") or [])
        found = [
            record
            for record in self.objects.table.live()
            if not groups or any(all(f.accepts(record) for f in group) for group in groups)
        ]
        for name, descending in _sorts(body.get("sorts") or []):
            definition = self._definition(name)
            found.sort(key=lambda record: _order(definition, record), reverse=descending)
        return [record.id for record in found]

    def _groups(self, groups: list[Any]) -> list[list[Filter]]:
        sizes = [len(group.get("filters", ())) for group in groups]
        if len(groups) > MOST_GROUPS or any(size > MOST_FILTERS_IN_GROUP for size in sizes):
            raise bad_request("too many filter groups, or too many filters in one")
        if sum(sizes) > MOST_FILTERS:
            raise bad_request(f"a search takes at most {MOST_FILTERS} filters")
        return [[self._filter(item) for item in group.get("filters", ())] for group in groups]

    def _filter(self, item: Mapping[str, Any]) -> Filter:
        definition = self._definition(str(item.get("propertyName")))
        compare = COMPARISONS.get(str(item.get("operator")))
        if compare is None:
            raise bad_request(f"Invalid operator: {item.get('operator')}")
        try:
            return Filter(definition, compare, comparable(definition, str(item["value"])))
        except (KeyError, ValueError):
            raise bad_request(f"invalid value for property {definition.name}") from None

    def _definition(self, name: str) -> Property:
        try:
            return self.objects.kind.properties[name]
        except KeyError:
            raise bad_request(f"Property {name} does not exist") from None


def _window(body: Mapping[str, Any]) -> tuple[int, int]:
    """Page size and offset."""
    try:
        limit, after = int(body.get("limit", 10)), int(body.get("after") or 0)
    except (TypeError, ValueError):
        raise bad_request("limit and after must be integers") from None
    if not 1 <= limit <= LARGEST_PAGE:
        raise bad_request(f"limit must be between 1 and {LARGEST_PAGE}")
    if after + limit > DEEPEST:
        raise bad_request(f"paging beyond {DEEPEST} results is not possible")
    return limit, after


def _sorts(sorts: list[Any]) -> list[tuple[str, bool]]:
    """Property and whether descending; HubSpot takes one sort only."""
    if len(sorts) > 1:
        raise bad_request("only one sort is allowed")
    plain = [{"propertyName": sort} if isinstance(sort, str) else sort for sort in sorts]
    return [(str(s.get("propertyName")), s.get("direction") == "DESCENDING") for s in plain]


def _order(definition: Property, record: Record) -> tuple[bool, float | str, str]:
    """Sort key: records without the property first; no promise of id order among equals."""
    held = record.fields.get(definition.name)
    scattered = record.id[::-1]
    if held is None:
        return False, "", scattered
    return True, comparable(definition, held), scattered
