"""Profiles in Klaviyo, and the members of one of its lists."""

from typing import Any

from sandbox.vendors.klaviyo.app import EMULATED, LIST
from tests.activation_world import Person
from tests.destinations.case import Case, Held


def names(dump: dict[str, Any]) -> Held:
    """First names by e-mail address; a profile that was emptied has none, and nothing of ours."""
    profiles = [p for p in dump["profiles"].values() if p.get("first_name") or p["properties"]]
    return {profile["email"]: profile["first_name"] for profile in profiles}


def members(dump: dict[str, Any]) -> Held:
    """The addresses in the list."""
    addresses = [dump["profiles"][key]["email"] for key in dump["members"]]
    return dict(zip(addresses, addresses, strict=True))


COMMON = {"destination": "klaviyo", "match": "email"}
CASES = [
    Case(
        name="klaviyo",
        emulated=EMULATED,
        sync={
            **COMMON,
            "mode": "mirror",
            "on_leave": "clear",
            "map": {
                "email": "email",
                "first_name": "first_name",
                "properties.kith_revenue_cents": "revenue_cents",
            },
        },
        held=names,
        bad=Person("c90000", "not an address"),
        code="invalid",
        answers_later=True,
    ),
    Case(
        name="klaviyo_list",
        emulated=EMULATED,
        sync={
            **COMMON,
            "mode": "audience",
            "options": {"list_id": LIST},
            "map": {"email": "email"},
        },
        held=members,
        bad=Person("c90000", "not an address"),
        code="invalid",
        takes_names=False,
        answers_later=True,
    ),
]
