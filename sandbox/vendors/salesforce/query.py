"""Runs a SOQL query over an org's records, and pages the result by 2,000 with locators."""

import operator
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.vendors.salesforce.errors import invalid_field, malformed_query, refusal
from sandbox.vendors.salesforce.objects import Objects
from sandbox.vendors.salesforce.schema import NUMERIC, TEXT, Field
from sandbox.vendors.salesforce.soql import Combination, Comparison, Condition, Query, Reader
from sandbox.vendors.state import Record

PAGE = 2_000
OPEN_CURSORS = 10
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True)
class Cursor:
    """A result under way: what to show, of which records."""

    objects: Objects
    fields: tuple[Field, ...]
    ids: tuple[str, ...]


class Queries:
    """Answers queries; of cursors not read to their end the ten newest stay open."""

    def __init__(self, org: dict[str, Objects]) -> None:
        self._org = org
        self._cursors: OrderedDict[str, Cursor] = OrderedDict()
        self._count = 0

    def run(self, text: str, version: str, with_deleted: bool) -> dict[str, Any]:
        """The first page; raises Refusal for what is not SOQL or names unknown fields."""
        found = self.select(text, with_deleted)
        if not found.fields:
            return {"totalSize": len(found.ids), "done": True, "records": []}
        self._count += 1
        locator = f"01gKi{self._count:010d}AAA"
        self._cursors[locator] = found
        if len(self._cursors) > OPEN_CURSORS:
            self._cursors.popitem(last=False)
        reply = self.page(locator, 0, version)
        if reply["done"]:
            del self._cursors[locator]
        return reply

    def select(self, text: str, with_deleted: bool) -> Cursor:
        """What a query finds; raises Refusal for what is not SOQL or names unknown fields."""
        try:
            query = Reader(text).query()
        except SyntaxError as error:
            raise malformed_query(str(error)) from None
        objects = {name.lower(): item for name, item in self._org.items()}.get(query.object.lower())
        if objects is None:
            message = f"sObject type '{query.object}' is not supported."
            raise refusal(400, "INVALID_TYPE", message)
        fields = tuple(_field(objects, name) for name in query.fields)
        return Cursor(objects, fields, _matching(objects, query, with_deleted))

    def more(self, locator: str, version: str) -> dict[str, Any]:
        """A further page; raises Refusal for a locator that was never given or is closed."""
        name, _, start = locator.partition("-")
        if name not in self._cursors or not start.isdigit():
            raise refusal(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
        return self.page(name, int(start), version)

    def page(self, locator: str, start: int, version: str) -> dict[str, Any]:
        """One page of an open cursor."""
        cursor, end = self._cursors[locator], start + PAGE
        table = cursor.objects.table
        records = [
            cursor.objects.show(table.records[key], cursor.fields, version)
            for key in cursor.ids[start:end]
        ]
        done = end >= len(cursor.ids)
        reply: dict[str, Any] = {"totalSize": len(cursor.ids), "done": done, "records": records}
        if not done:
            reply["nextRecordsUrl"] = f"/services/data/{version}/query/{locator}-{end}"
        return reply


def _matching(objects: Objects, query: Query, with_deleted: bool) -> tuple[str, ...]:
    accepts = _bind(objects, query.condition) if query.condition else None
    ids = objects.table.ids()
    records = [objects.table.records[key] for key in ids] if with_deleted else objects.table.live()
    found = [record for record in records if accepts is None or accepts(record)]
    for name, descending in reversed(query.order):
        field = _field(objects, name)
        found.sort(key=lambda record: _order(field, record), reverse=descending)
    return tuple(record.id for record in found[: query.limit])


def _field(objects: Objects, name: str) -> Field:
    field = objects.kind.field(name)
    if field is None:
        raise invalid_field(f"No such column '{name}' on entity '{objects.kind.name}'.")
    return field


def _bind(objects: Objects, condition: Condition) -> Callable[[Record], bool]:
    """The condition as a test of a record; raises Refusal for fields or types that do not fit."""
    if isinstance(condition, Combination):
        parts = [_bind(objects, part) for part in condition.conditions]
        combine = all if condition.word == "AND" else any
        return lambda record: combine(part(record) for part in parts)
    return _comparison(_field(objects, condition.field), condition)


def _comparison(field: Field, comparison: Comparison) -> Callable[[Record], bool]:
    for literal in comparison.literals:
        if literal.kind not in ("null", _literal_kind(field)):
            raise invalid_field(
                f"value of filter criterion for field '{field.name}' must be of type {field.type}"
                + (" and should not be enclosed in quotes" if literal.kind == "string" else "")
            )
    values = [_folded(field, literal.value) for literal in comparison.literals]
    if comparison.operator in ("=", "IN"):
        return lambda record: _held(field, record) in values
    if comparison.operator in ("!=", "<>"):
        return lambda record: _held(field, record) not in values
    compare = OPERATORS[comparison.operator]

    def accepts(record: Record) -> bool:
        held = _held(field, record)
        return held is not None and values[0] is not None and compare(held, values[0])

    return accepts


def _literal_kind(field: Field) -> str:
    if field.type in NUMERIC:
        return "number"
    return "string" if field.type in TEXT else field.type


def _held(field: Field, record: Record) -> object:
    value = record.fields.get(field.name)
    if field.type == "datetime" and value is not None:
        return datetime.fromisoformat(value)
    return _folded(field, value)


def _folded(field: Field, value: object) -> object:
    """Text compares without regard to case, ids with it."""
    return value.lower() if isinstance(value, str) and field.type != "id" else value


def _order(field: Field, record: Record) -> tuple[bool, object]:
    held = _held(field, record)
    return held is not None, held
