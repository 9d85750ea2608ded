"""People in Segment."""

from typing import Any

from sandbox.vendors.segment import EMULATED
from tests.activation_world import Person
from tests.destinations.case import Case, Held


def users(dump: dict[str, Any]) -> Held:
    """Profiles that still have a first name, by userId."""
    return {key: traits["name"] for key, traits in dump["users"].items() if "name" in traits}


PEOPLE = Case(
    name="segment",
    emulated=EMULATED,
    sync={
        "destination": "segment",
        "object": "user",
        "mode": "mirror",
        "on_leave": "clear",
        "map": {"email": "email", "name": "first_name", "revenue": "revenue_cents"},
    },
    held=users,
    known_as=lambda person: person.customer_id,
    bad=Person("c90000", "long@example.com", first_name="x" * 40_000),
    code="400",
)
CASES = [PEOPLE]
