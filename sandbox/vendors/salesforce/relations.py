"""Lookups named by the other record's external id: `"Account": {"Kith_Company_Id__c": "c1"}`."""

from collections.abc import Mapping
from typing import Any

from sandbox.vendors.salesforce.errors import row
from sandbox.vendors.salesforce.objects import Objects

Records = dict[str, Any]
Errors = list[dict[str, Any]]


def resolved(
    org: Mapping[str, Objects], objects: Objects, record: Records
) -> tuple[Records, Errors]:
    """The record with ids in its lookups, and an error for each that leads nowhere.

    In this org a relationship is called like the object that it leads to.
    """
    plain, errors = Records(), Errors()
    for name, value in record.items():
        if not isinstance(value, dict):
            plain[name] = value
            continue
        parents, lookup = org.get(name), objects.kind.field(f"{name}Id")
        if parents is None or lookup is None:
            message = f"No such column '{name}' on sobject of type {objects.kind.name}"
            errors.append(row("INVALID_FIELD", message))
            continue
        field, key = next(iter(value.items()), ("", None))
        known = parents.kind.field(field)
        found = parents.table.find(known.name, key) if known and known.external_id else []
        if len(found) == 1:
            plain[lookup.name] = found[0].id
        else:
            message = f"Foreign key external ID: {key} not found for field {field} in entity {name}"
            errors.append(row("INVALID_FIELD", message))
    return plain, errors
