"""Persons in Pipedrive, deleted or cleared when they leave."""

from typing import Any

from sandbox.vendors.pipedrive import CITY, EMULATED, REVENUE
from tests.activation_world import Person, quick
from tests.destinations.case import Case, Held

SYNC: dict[str, Any] = {
    "destination": "pipedrive",
    "object": "persons",
    "match": "email",
    "mode": "mirror",
    "on_leave": "delete",
    "map": {"email": "email", "name": "first_name", REVENUE: "revenue_cents", CITY: "city"},
    "limits": quick(batch=1),
}


def held(dump: dict[str, Any]) -> Held:
    """Persons of whom anything but name and address is known."""
    return {
        person["emails"][0]["value"]: person["name"]
        for person in dump["persons"].values()
        if not person["is_deleted"] and person["custom_fields"][CITY]
    }


def case(name: str, **more: Any) -> Case:  # noqa: ANN401 - whatever an exposure may declare
    """The same persons, sent in another way."""
    bad = Person("c90000", "long@example.com", city="x" * 256)
    return Case(name, EMULATED, SYNC | more, held, bad, "ERR_SCHEMA_VALIDATION_FAILED")


CASES = [case("pipedrive"), case("pipedrive_cleared", on_leave="clear")]
