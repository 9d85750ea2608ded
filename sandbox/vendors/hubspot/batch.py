"""HubSpot's batch endpoints that write nothing into properties: read and archive."""

from collections.abc import Mapping
from typing import Any

from sandbox.vendors.hubspot.errors import bad_request
from sandbox.vendors.hubspot.objects import Objects, stamp
from sandbox.vendors.state import Record

LARGEST_BATCH = 100
LARGEST_LINK_BATCH = 1_000


def inputs(request: Mapping[str, Any], most: int = LARGEST_BATCH) -> list[Mapping[str, Any]]:
    """The inputs of any batch request; raises Refusal for none or more than `most`."""
    given = request.get("inputs")
    if not isinstance(given, list) or not given:
        raise bad_request("Some required fields were not set: [inputs]")
    if len(given) > most:
        raise bad_request(
            f"The maximum number of inputs in a batch request is {most}, got {len(given)}"
        )
    if not all(isinstance(item, dict) and item.get("id") not in (None, "") for item in given):
        raise bad_request("Some required fields were not set: [id]")
    return given


def key_property(objects: Objects, name: object) -> str:
    """A property whose values are unique, by which records can be named; else raises Refusal."""
    known = objects.kind.properties.get(str(name))
    if known is None or not known.unique:
        raise bad_request(
            "Unable to perform update/upsert by non-unique "
            f"{objects.kind.type_id} property {name or 'hs_object_id'}"
        )
    return known.name


def found(objects: Objects, name: str | None, value: str) -> Record | None:
    """The live record with this id or a merged one, or with this value of a unique property."""
    if name is not None:
        return next(iter(objects.table.find(name, value)), None)
    record = objects.table.records.get(objects.aliases.get(value, value))
    return record if record is not None and record.deleted_at is None else None


def read(objects: Objects, request: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
    """Status 200, or 207 with one error that lists all ids not found, and the reply."""
    given = request.get("idProperty")
    name = None if given is None else key_property(objects, given)
    wanted = [str(item["id"]) for item in inputs(request)]
    records = {value: found(objects, name, value) for value in wanted}
    properties = tuple(request.get("properties") or ())
    shown = [objects.show(r, properties) for r in records.values() if r is not None]
    now = stamp(objects.clock.tick())
    reply = {"status": "COMPLETE", "results": shown, "startedAt": now, "completedAt": now}
    unknown = [value for value, record in records.items() if record is None]
    if not unknown:
        return 200, reply
    return 207, {**reply, "numErrors": 1, "errors": [{"status": "error", **missing(unknown)}]}


def archive(objects: Objects, request: Mapping[str, Any]) -> None:
    """Archive by record id; ids that are unknown or archived already are passed over."""
    for item in inputs(request):
        objects.archive(str(item["id"]))


def missing(ids: list[str]) -> dict[str, Any]:
    """The error about ids that name no record."""
    message = (
        "Could not get some objects, they may be deleted or not exist. Check that ids are valid."
    )
    return {"category": "OBJECT_NOT_FOUND", "message": message, "context": {"ids": ids}}


def links(objects: Objects, other: str, request: Mapping[str, Any]) -> dict[str, Any]:
    """The associations of some records with another kind; records without any are left out."""
    results = []
    for item in inputs(request, LARGEST_LINK_BATCH):
        record = found(objects, None, str(item["id"]))
        linked = record.associations.get(other) if record is not None else None
        if record is not None and linked:
            results.append({"from": {"id": record.id}, "to": linked["results"]})
    now = stamp(objects.clock.tick())
    return {"status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now}
