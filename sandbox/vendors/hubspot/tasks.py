"""Associations that a batch of new records names, as tasks do with the contact they are about."""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.vendors.hubspot.errors import bad_request
from sandbox.vendors.hubspot.objects import Objects

TASK_TO_CONTACT = 204


def refuse_strangers(request: Mapping[str, Any], contacts: Objects) -> None:
    """Raises Refusal for an association with no live contact, or of a type that is none."""
    for _, contact, kind in _named(request):
        record = contacts.table.records.get(contact)
        if record is None or record.deleted_at is not None:
            raise bad_request(f"CONTACT={contact} is not valid")
        if kind != TASK_TO_CONTACT:
            raise bad_request(f"Association type {kind} is not valid")


def associate(objects: Objects, request: Mapping[str, Any], reply: Mapping[str, Any]) -> None:
    """Keeps the associations of what was made; marks tell which is which."""
    made = {result.get("objectWriteTraceId"): result["id"] for result in reply["results"]}
    for mark, contact, _ in _named(request):
        if mark in made:
            linked = {"results": [{"id": contact, "type": "task_to_contact"}]}
            objects.table.records[made[mark]].associations["contacts"] = linked


def _named(request: Mapping[str, Any]) -> Iterator[tuple[str | None, str, int]]:
    """Mark of the input, id of the contact, type of the association."""
    for item in request.get("inputs") or ():
        for association in item.get("associations") or ():
            for kind in association.get("types") or ():
                contact = str(association["to"]["id"])
                yield item.get("objectWriteTraceId"), contact, kind["associationTypeId"]
