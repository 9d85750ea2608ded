"""Customers in Bloomreach Engagement."""

from typing import Any

from sandbox.vendors.bloomreach import EMULATED
from tests.activation_world import Person
from tests.destinations.case import Case, Held


def held(dump: dict[str, Any]) -> Held:
    """Customers that still have a first name, by their hard id."""
    return {
        key: properties["first_name"]
        for key, properties in dump["customers"].items()
        if "first_name" in properties
    }


CASES = [
    Case(
        name="bloomreach",
        emulated=EMULATED,
        sync={
            "destination": "bloomreach",
            "match": "email",
            "mode": "mirror",
            "on_leave": "clear",
            "map": {"email": "email", "first_name": "first_name", "revenue": "revenue_cents"},
            "options": {"hard_id": "registered"},
        },
        held=held,
        bad=Person("c90000", "   "),
        code="rejected",
    )
]
