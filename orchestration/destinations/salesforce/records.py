"""Shapes rows into Salesforce's records: JSON for collections, CSV for jobs."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from orchestration.destinations.protocol import Row

# An empty value would leave the field as it is.
NULL = "#N/A"


def record(kind: str, row: Row) -> dict[str, Any]:
    """One row of an upsert.

    A lookup is written by the other record's external id: `Account.External_Id__c` of the map is
    an object `Account` here, and where there is no such id the lookup itself is emptied.
    """
    written: dict[str, Any] = {"attributes": {"type": kind}}
    for name, value in json.loads(row.fields).items():
        if isinstance(value, dict) and all(inner is None for inner in value.values()):
            written[lookup(name)] = None
        else:
            written[name] = value
    return written


def emptied(names: Iterable[str], described: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What takes the values of these fields back; `described` is what the object says of them.

    A checkbox that cannot be empty is unticked. A field that the object requires keeps its value.
    """
    kinds = {str(kind.get("name")).lower(): kind for kind in described}
    values: dict[str, Any] = {}
    for name in names:
        relation, _, external_id = name.partition(".")
        field = lookup(relation) if external_id else name
        kind = kinds.get(field.lower(), {})
        if kind.get("nillable", True):
            values[field] = None
        elif kind.get("type") == "boolean":
            values[field] = False
    return values


def lookup(relation: str) -> str:
    """The field that a relationship is kept in: AccountId for Account, Parent__c for Parent__r."""
    is_custom = relation.endswith("__r")
    return f"{relation.removesuffix('__r')}__c" if is_custom else f"{relation}Id"


def table(rows: Iterable[Row], names: Sequence[str], match: str) -> bytes:
    """The file of a job: a column per field, and an external id of a lookup by its dotted name."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    for row in rows:
        # Numbers stay as they were written.
        fields = json.loads(row.fields, parse_float=str, parse_int=str)
        writer.writerow(row.match if name == match else _cell(fields, name) for name in names)
    return text.getvalue().encode()


def _cell(fields: Mapping[str, Any], name: str) -> str:
    value: object = fields
    for step in name.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    if value in (None, ""):
        return NULL
    if isinstance(value, str):
        # A line break of another kind than the file's own would fail the whole job.
        return value.replace("\r\n", "\n").replace("\r", "\n")
    return json.dumps(value)
