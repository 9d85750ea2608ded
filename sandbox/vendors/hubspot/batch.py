"""HubSpot's batch writes: upsert by a unique property, archive, permanent deletion."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.vendors.hubspot.errors import bad_request, body, invalid_values
from sandbox.vendors.hubspot.objects import Objects, stamp
from sandbox.vendors.hubspot.schema import Invalid, invalid
from sandbox.vendors.replies import Refusal
from sandbox.vendors.state import fold

LARGEST_BATCH = 100


@dataclass(frozen=True)
class Row:
    """One input of an upsert: the unique property, its value, what to set, the caller's mark."""

    unique: str
    value: str
    properties: Mapping[str, Any]
    trace: str | None

    @property
    def wanted(self) -> dict[str, Any]:
        """Everything to set; `properties` may move the unique value itself."""
        return {self.unique: self.value, **self.properties}


def upsert(objects: Objects, request: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
    """Status 200 or 207 and the reply; raises Refusal when the whole batch is refused.

    Rows fail one by one only if every row carries an `objectWriteTraceId`; without the marks one
    bad row refuses the batch and nothing is written.
    """
    rows = [_row(objects, item) for item in _inputs(request)]
    _refuse_duplicates(rows)
    multi_status = all(row.trace for row in rows)
    moment = objects.clock.tick()
    started = stamp(moment)
    errors = {index: error for index, row in enumerate(rows) if (error := _error(objects, row))}
    if errors and not multi_status:
        first = next(iter(errors.values()))
        raise Refusal(400, body(**first))
    results = [_write(objects, row, moment) for i, row in enumerate(rows) if i not in errors]
    reply = {"status": "COMPLETE", "results": results, "startedAt": started, "completedAt": started}
    if not errors:
        return 200, reply
    marked = [
        {"status": "error", **error, "context": {"objectWriteTraceId": [rows[index].trace]}}
        for index, error in errors.items()
    ]
    return 207, {**reply, "numErrors": len(marked), "errors": marked}


def archive(objects: Objects, request: Mapping[str, Any]) -> None:
    """Archive by record id; ids that are unknown or archived already are passed over."""
    for item in _inputs(request):
        objects.archive(str(item.get("id")))


def erase(objects: Objects, request: Mapping[str, Any]) -> None:
    """Delete one record for good; an unknown e-mail address is blocked from being used again."""
    value = str(request.get("objectId") or "")
    if not value:
        raise bad_request("Some required fields were not set: [objectId]")
    if request.get("idProperty") == "email":
        found = [record.id for record in objects.table.find("email", value)]
        if not found:
            objects.blocklist.add(fold(value))
    else:
        found = [value] if value in objects.table.records else []
    for key in found:
        objects.table.erase(key)


def _inputs(request: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    inputs = request.get("inputs")
    if not isinstance(inputs, list) or not inputs:
        raise bad_request("Some required fields were not set: [inputs]")
    if len(inputs) > LARGEST_BATCH:
        raise bad_request(
            f"The maximum number of inputs in a batch request is {LARGEST_BATCH}, got {len(inputs)}"
        )
    if not all(isinstance(item, dict) for item in inputs):
        raise bad_request("Invalid input JSON: inputs must be objects")
    return inputs


def _row(objects: Objects, item: Mapping[str, Any]) -> Row:
    unique = str(item.get("idProperty") or "")
    if unique not in objects.kind.properties or not objects.kind.properties[unique].unique:
        raise bad_request(
            "Unable to perform update/upsert by non-unique "
            f"{objects.kind.type_id} property {unique or 'hs_object_id'}"
        )
    properties = item.get("properties")
    if not isinstance(properties, dict) or item.get("id") in (None, ""):
        raise bad_request("Some required fields were not set: [id, properties]")
    if any(isinstance(value, dict | list) for value in properties.values()):
        raise bad_request("Invalid input JSON: property values must be strings")
    return Row(unique, str(item["id"]), properties, item.get("objectWriteTraceId"))


def _refuse_duplicates(rows: list[Row]) -> None:
    counts = Counter((row.unique, fold(row.value)) for row in rows)
    repeated = [value for (_, value), count in counts.items() if count > 1]
    if repeated:
        raise bad_request(f"Duplicate IDs found in batch input: {repeated}. IDs must be unique")
    marks = Counter(row.trace for row in rows if row.trace)
    if any(count > 1 for count in marks.values()):
        raise bad_request("Duplicate objectWriteTraceIds found in batch input")


def _error(objects: Objects, row: Row) -> dict[str, Any] | None:
    """Why HubSpot refuses this row, as {category, message}; None if it takes it."""
    reasons = invalid(objects.kind, row.wanted)
    if fold(row.wanted.get("email")) in objects.blocklist:
        message = "The e-mail address was permanently deleted and cannot be used"
        reasons.append(Invalid(message, "BLOCKLISTED_EMAIL", "email"))
    if reasons:
        return invalid_values(reasons)
    own = {record.id for record in objects.table.find(row.unique, row.value)}
    for name, value in row.wanted.items():
        if value not in (None, "") and objects.kind.properties[name].unique:
            others = [r.id for r in objects.table.find(name, value) if r.id not in own]
            if others:
                message = f"{objects.kind.name} already exists. Existing ID: {others[0]}"
                return {"category": "CONFLICT", "message": message}
    return None


def _write(objects: Objects, row: Row, moment: datetime) -> dict[str, Any]:
    found = objects.table.find(row.unique, row.value)
    record = objects.write(found[0].id if found else None, row.wanted, moment)
    result = objects.show(record, tuple(row.wanted)) | {"new": not found}
    return result | ({"objectWriteTraceId": row.trace} if row.trace else {})
