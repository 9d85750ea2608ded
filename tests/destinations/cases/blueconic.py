"""Profiles in BlueConic."""

from typing import Any

from sandbox.vendors.blueconic import EMULATED
from tests.activation_world import Person
from tests.destinations.case import Case, Held


def held(dump: dict[str, Any]) -> Held:
    """Profiles that still have a first name, by e-mail address."""
    return {
        profile["email"][0]: profile["firstname"][0]
        for profile in dump["profiles"].values()
        if "firstname" in profile
    }


DELETED = Case(
    name="blueconic",
    emulated=EMULATED,
    sync={
        "destination": "blueconic",
        "match": "email",
        "mode": "mirror",
        "on_leave": "delete",
        "map": {"email": "email", "firstname": "first_name", "kith_revenue": "revenue_cents"},
    },
    held=held,
    bad=Person("c90000", "not an address"),
    code="SKIPPED",
)
CASES = [DELETED]
