"""HubSpot's batch writes: create; upsert by a unique property; update by id or such a property."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sandbox.vendors.hubspot.batch import found, inputs, key_property, missing
from sandbox.vendors.hubspot.errors import bad_request, body, invalid_values
from sandbox.vendors.hubspot.objects import Objects, stamp
from sandbox.vendors.hubspot.schema import Invalid, invalid, lacking
from sandbox.vendors.replies import Refusal
from sandbox.vendors.state import Record, fold


@dataclass(frozen=True)
class Row:
    """One input: the record it names, by id or by the unique property `key`, and what to set."""

    key: str | None
    value: str
    properties: Mapping[str, Any]
    trace: str | None
    record: Record | None

    @property
    def wanted(self) -> Mapping[str, Any]:
        """What to set; a record yet to be created gets its key too."""
        if self.key is None or self.record is not None:
            return self.properties
        return {self.key: self.value, **self.properties}


def upsert(objects: Objects, request: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
    """Create or update by a unique property; status 200 or 207, and the reply.

    Rows fail one by one only if every row carries an `objectWriteTraceId`; without the marks one
    bad row refuses the batch and nothing is written. Raises Refusal when all is refused.
    """
    rows = [
        _row(objects, item, key_property(objects, item.get("idProperty")))
        for item in inputs(request)
    ]
    return _apply(objects, rows, {}, tells_new=True)


def create(objects: Objects, request: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
    """New records only: a value of a unique property that is taken is a conflict; status 201."""
    given = request.get("inputs")
    listed = given if isinstance(given, list) else []
    unique = [name for name, item in objects.kind.properties.items() if item.unique]
    numbered = []
    for number, item in enumerate(listed):
        properties = item.get("properties") if isinstance(item, dict) else None
        held = properties if isinstance(properties, dict) else {}
        key = next((held[name] for name in unique if held.get(name)), f"#{number}")
        numbered.append({**item, "id": key} if isinstance(item, dict) else item)
    rows = [
        replace(_row(objects, item, None), record=None) for item in inputs({"inputs": numbered})
    ]
    status, reply = _apply(objects, rows, {})
    return (201 if status == 200 else status), reply


def update(objects: Objects, request: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
    """Like `upsert`, but by record id unless `idProperty` is given, and creates nothing."""
    rows = []
    for item in inputs(request):
        given = item.get("idProperty")
        rows.append(_row(objects, item, None if given is None else key_property(objects, given)))
    gone = {i: missing([row.value]) for i, row in enumerate(rows) if row.record is None}
    return _apply(objects, rows, gone)


def _row(objects: Objects, item: Mapping[str, Any], key: str | None) -> Row:
    properties = item.get("properties")
    if not isinstance(properties, dict):
        raise bad_request("Some required fields were not set: [properties]")
    if any(isinstance(value, dict | list) for value in properties.values()):
        raise bad_request("Invalid input JSON: property values must be strings")
    value = str(item["id"])
    record = found(objects, key, value)
    return Row(key, value, properties, item.get("objectWriteTraceId"), record)


def _apply(
    objects: Objects,
    rows: list[Row],
    errors: dict[int, dict[str, Any]],
    *,
    tells_new: bool = False,
) -> tuple[int, dict[str, Any]]:
    _refuse_duplicates(rows)
    for index, row in enumerate(rows):
        if index not in errors and (error := _error(objects, row)):
            errors[index] = error
    if errors and not all(row.trace for row in rows):
        raise Refusal(400, body(**min(errors.items())[1]))
    moment = objects.clock.tick()
    taken = [row for i, row in enumerate(rows) if i not in errors]
    results = [
        _write(objects, row, moment) | ({"new": row.record is None} if tells_new else {})
        for row in taken
    ]
    now = stamp(moment)
    reply = {"status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now}
    if not errors:
        return 200, reply
    marked = [_marked(error, rows[index].trace) for index, error in sorted(errors.items())]
    return 207, {**reply, "numErrors": len(marked), "errors": marked}


def _refuse_duplicates(rows: list[Row]) -> None:
    names = [row.record.id if row.record else fold(row.value) for row in rows]
    counts = Counter(names)
    repeated = [row.value for row, name in zip(rows, names, strict=True) if counts[name] > 1]
    if repeated:
        raise bad_request(f"Duplicate IDs found in batch input: {repeated}. IDs must be unique")
    marks = [row.trace for row in rows if row.trace]
    if len(set(marks)) < len(marks):
        raise bad_request("Duplicate objectWriteTraceIds found in batch input")


def _error(objects: Objects, row: Row) -> dict[str, Any] | None:
    """Why HubSpot refuses this row, as {category, message}; None if it takes it."""
    if row.record is None and (names := lacking(objects.kind, row.wanted)):
        return {"category": "VALIDATION_ERROR", "message": f"Required properties missing: {names}"}
    reasons = invalid(objects.kind, row.wanted)
    if fold(row.wanted.get("email")) in objects.blocklist:
        message = "The e-mail address was permanently deleted and cannot be used"
        reasons.append(Invalid(message, "BLOCKLISTED_EMAIL", "email"))
    if reasons:
        return invalid_values(reasons)
    for name, value in row.wanted.items():
        if value not in (None, "") and objects.kind.properties[name].unique:
            holder = found(objects, name, str(value))
            if holder is not None and holder is not row.record:
                message = f"{objects.kind.name} already exists. Existing ID: {holder.id}"
                return {"category": "CONFLICT", "message": message}
    return None


def _marked(error: dict[str, Any], trace: str | None) -> dict[str, Any]:
    context = {**error.get("context", {}), "objectWriteTraceId": [trace]}
    return {"status": "error", **error, "context": context}


def _write(objects: Objects, row: Row, moment: datetime) -> dict[str, Any]:
    record = objects.write(row.record.id if row.record else None, row.wanted, moment)
    marked = {"objectWriteTraceId": row.trace} if row.trace else {}
    return objects.show(record, tuple(row.wanted)) | marked
