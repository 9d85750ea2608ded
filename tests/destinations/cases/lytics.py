"""Profiles in Lytics, made of the records of a stream."""

from typing import Any

from sandbox.vendors.lytics import EMULATED
from tests.activation_world import Person
from tests.destinations.case import Case, Held


def held(dump: dict[str, Any]) -> Held:
    """Profiles by e-mail address."""
    return {key: profile["first_name"] for key, profile in dump["profiles"]["email"].items()}


CASES = [
    Case(
        name="lytics",
        emulated=EMULATED,
        sync={
            "destination": "lytics",
            "object": "kith_customers",
            "match": "email",
            "mode": "mirror",
            "on_leave": "delete",
            "map": {"email": "email", "first_name": "first_name", "revenue": "revenue_cents"},
        },
        held=held,
        bad=Person("c90000", "long@example.com", first_name="x" * 20_000),
        code="invalid",
    )
]
