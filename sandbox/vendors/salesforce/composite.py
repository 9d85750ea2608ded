"""sObject Collections: upsert by external id, update, delete; at most 200 records, row by row."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sandbox.vendors.salesforce.errors import refusal, row
from sandbox.vendors.salesforce.objects import Objects
from sandbox.vendors.salesforce.relations import resolved
from sandbox.vendors.salesforce.schema import invalid
from sandbox.vendors.state import fold

LARGEST_BATCH = 200
ROLLED_BACK = (
    "Record rolled back because not all records were valid and the request was using "
    "AllOrNone header"
)


def upsert(
    org: Mapping[str, Objects], objects: Objects, name: str, body: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """One result per record, in order; raises Refusal when the whole request is refused."""
    field = objects.kind.field(name)
    if field is None or not (field.external_id or field.id_lookup):
        message = f"Provided external ID field does not exist or is not accessible: {name}"
        raise refusal(404, "NOT_FOUND", message)
    all_or_none = bool(body.get("allOrNone"))
    return written(org, objects, field.name, _records(objects, body), all_or_none)


def written(
    org: Mapping[str, Objects],
    objects: Objects,
    name: str,
    given: list[dict[str, Any]],
    all_or_none: bool,
) -> list[dict[str, Any]]:
    """One result per record, in order: upserted by the external id `name`, or its errors."""
    counts = Counter(fold(record.get(name)) for record in given)
    records, errors = [], []
    for record in given:
        plain, dangling = resolved(org, objects, record)
        records.append(plain)
        errors.append([*dangling, *_errors(objects, name, plain, counts)])
    if all_or_none and any(errors):
        errors = [
            found or [row("ALL_OR_NONE_OPERATION_ROLLED_BACK", ROLLED_BACK)] for found in errors
        ]
    moment = objects.clock.tick()
    results = []
    for record, found in zip(records, errors, strict=True):
        if found:
            results.append({"success": False, "errors": found})
            continue
        matches = objects.table.find(name, record[name])
        written = objects.write(matches[0].id if matches else None, record, moment)
        results.append({"id": written.id, "success": True, "errors": [], "created": not matches})
    return results


def update(org: Mapping[str, Objects], body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One result per record, in order; each names its id and its type."""
    records = body.get("records")
    if not isinstance(records, list) or not records:
        raise refusal(400, "MISSING_ARGUMENT", "records is required")
    if len(records) > LARGEST_BATCH:
        raise _limit()
    owners = {objects.kind.prefix: objects for objects in org.values()}
    results = []
    for record in records:
        values = {n: v for n, v in record.items() if n.lower() not in ("attributes", "id")}
        key = str(record.get("id") or record.get("Id") or "")
        owner = owners.get(key[:3])
        found = _unreachable(owner, key)
        errors = [found] if found else []
        if owner is not None and found is None:
            held = owner.table.records[key].fields
            errors = [e for item in values.items() if (e := invalid(owner.kind, *item))]
            errors += _lacking(owner, held | values)
        if owner is not None and not errors:
            owner.write(key, values, owner.clock.tick())
        results.append({"id": key, "success": not errors, "errors": errors})
    return results


def delete(org: Mapping[str, Objects], ids: list[str], all_or_none: bool) -> list[dict[str, Any]]:
    """One result per id, in order; the ids may be of different objects."""
    if not ids or len(ids) > LARGEST_BATCH:
        raise _limit() if ids else refusal(400, "MISSING_ARGUMENT", "ids is required")
    owners = {objects.kind.prefix: objects for objects in org.values()}
    errors = [_unreachable(owners.get(key[:3]), key) for key in ids]
    if all_or_none and any(errors):
        errors = [
            found or row("ALL_OR_NONE_OPERATION_ROLLED_BACK", ROLLED_BACK) for found in errors
        ]
    for key, found in zip(ids, errors, strict=True):
        if found is None:
            owners[key[:3]].delete(key)
    return [
        {"id": key, "success": found is None, "errors": [found] if found else []}
        for key, found in zip(ids, errors, strict=True)
    ]


def _records(objects: Objects, body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The records without their attributes."""
    records = body.get("records")
    if not isinstance(records, list) or not records:
        raise refusal(400, "MISSING_ARGUMENT", "records is required")
    if len(records) > LARGEST_BATCH:
        raise _limit()
    plain = []
    for record in records:
        if not isinstance(record, dict) or "type" not in (record.get("attributes") or {}):
            raise refusal(
                400, "INVALID_INPUT", "Include an attributes map with a type in each record"
            )
        if record["attributes"]["type"] != objects.kind.name:
            message = "The list can contain only records of the type in the request URI"
            raise refusal(400, "INVALID_INPUT", message)
        plain.append({name: value for name, value in record.items() if name != "attributes"})
    return plain


def _errors(
    objects: Objects, name: str, record: dict[str, Any], counts: Counter[str]
) -> list[dict[str, Any]]:
    key = record.get(name)
    if key in (None, ""):
        return [row("MISSING_ARGUMENT", f"{name} not specified", name)]
    if counts[fold(key)] > 1:
        return [row("DUPLICATE_VALUE", f"Duplicate external id specified: {key}", name)]
    errors = [e for item in record.items() if (e := invalid(objects.kind, *item)) is not None]
    matches = objects.table.find(name, key)
    if len(matches) > 1:
        message = f"{name}: more than one record found for external id field"
        errors.append(row("DUPLICATE_EXTERNAL_ID", message, name))
    if any(match.id in objects.locked for match in matches):
        errors.append(_locked())
    return errors + _lacking(objects, (matches[0].fields if matches else {}) | record)


def _lacking(objects: Objects, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    missing = objects.kind.missing(values)
    message = f"Required fields are missing: [{', '.join(missing)}]"
    return [row("REQUIRED_FIELD_MISSING", message, *missing)] if missing else []


def _locked() -> dict[str, Any]:
    return row("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record")


def _unreachable(objects: Objects | None, key: str) -> dict[str, Any] | None:
    if objects is None or len(key) not in (15, 18):
        return row("MALFORMED_ID", f"bad id {key}")
    record = objects.table.records.get(key)
    if record is None:
        return row("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
    if record.deleted_at:
        return row("ENTITY_IS_DELETED", "entity is deleted")
    return _locked() if key in objects.locked else None


def _limit() -> Exception:
    message = f"record limit reached. cannot submit more than {LARGEST_BATCH} records in this call"
    return refusal(400, "EXCEEDED_ID_LIMIT", message)
