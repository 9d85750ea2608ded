"""HubSpot's merge: a new record takes the place of two, and their ids lead to it from then on.

https://developers.hubspot.com/changelog/updated-merge-functionality-for-contacts-and-companies
"""

from collections.abc import Mapping
from typing import Any

from sandbox.vendors.hubspot.batch import found
from sandbox.vendors.hubspot.errors import bad_request
from sandbox.vendors.hubspot.objects import OTHER_ADDRESSES, Objects
from sandbox.vendors.state import Record

MERGED = "hs_merged_object_ids"


def merged(portal: Mapping[str, Objects], objects: Objects, request: Mapping[str, Any]) -> Record:
    """The record that two became; raises Refusal if one of them is not there.

    The primary one's values count; the other's fill its gaps. Records that were linked to either
    are linked to the new one, which does not move their dates of modification.
    """
    named = [str(request.get(name, "")) for name in ("primaryObjectId", "objectIdToMerge")]
    primary, other = (found(objects, None, key) for key in named)
    if primary is None or other is None or primary is other:
        raise bad_request(f"Unable to merge the objects: {named} must be two that exist")
    both = (primary, other)
    losers = [key for record in both for key in (record.id, *_ids(record))]
    for record in both:
        objects.table.erase(record.id)
    values = {**other.fields, **primary.fields, MERGED: ";".join(losers)}
    values[objects.kind.created] = min(each.fields[objects.kind.created] for each in both)
    if "email" in values:
        addresses = [*_addresses(primary), *_addresses(other)]
        others = dict.fromkeys(each for each in addresses if each != values["email"])
        values[OTHER_ADDRESSES] = ";".join(others)
    for name in (objects.kind.modified, "hs_object_id"):
        del values[name]
    winner = objects.write(None, values, objects.clock.tick())
    winner.associations = _links(primary, other)
    objects.aliases |= dict.fromkeys(losers, winner.id)
    _relink(portal, objects.kind.name, set(losers), winner.id)
    return winner


def _ids(record: Record) -> list[str]:
    return [key for key in record.fields.get(MERGED, "").split(";") if key]


def _addresses(record: Record) -> list[str]:
    others = record.fields.get(OTHER_ADDRESSES, "").split(";")
    return [value for value in (record.fields.get("email"), *others) if value]


def _links(primary: Record, other: Record) -> dict[str, Any]:
    linked: dict[str, Any] = {}
    for record in (primary, other):
        for name, held in record.associations.items():
            known = linked.setdefault(name, {"results": []})["results"]
            known += [each for each in held["results"] if each not in known]
    return linked


def _relink(portal: Mapping[str, Objects], name: str, losers: set[str], winner: str) -> None:
    for objects in portal.values():
        for record in objects.table.records.values():
            results = record.associations.get(name, {}).get("results", [])
            if losers.isdisjoint(each["id"] for each in results):
                continue
            moved = [each | {"id": winner} if each["id"] in losers else each for each in results]
            distinct = list({(each["id"], each["type"]): each for each in moved}.values())
            record.associations = {**record.associations, name: {"results": distinct}}
