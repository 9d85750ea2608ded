"""Contacts in HubSpot, and the members of one of its lists."""

from collections.abc import Mapping
from typing import Any

from sandbox.vendors.emulator import Emulated
from sandbox.vendors.hubspot.app import EMULATED, HubSpot
from sandbox.vendors.limits import Limits
from tests.activation_world import Person, people
from tests.destinations.case import Case, Held


def names(dump: dict[str, Any]) -> Held:
    """First names by e-mail address; a contact that was cleared has none."""
    properties = [record["properties"] for record in dump["contacts"].values()]
    return {held["email"]: held["firstname"] for held in properties if held.get("firstname")}


def live(dump: dict[str, Any]) -> Held:
    """First names of the contacts that are not in the bin."""
    contacts = {key: c for key, c in dump["contacts"].items() if not c["archived"]}
    return names({"contacts": contacts})


def members(dump: dict[str, Any]) -> Held:
    """The addresses of the list's members."""
    contacts = dump["contacts"]
    addresses = [contacts[key]["properties"]["email"] for key in dump["lists"]["1"]]
    return dict(zip(addresses, addresses, strict=True))


def portal_with_a_list(known: Mapping[str, str], limits: Limits) -> HubSpot:
    """A portal that knows the people of the tests, and has a static list."""
    portal = HubSpot(known["HUBSPOT_TOKEN"], None, limits)
    addresses = [person.email for person in people(12)] + ["newcomer@example.com"]
    portal.edit("contacts", [{"properties": {"email": address}} for address in addresses])
    portal.lists.make("Big spenders")
    return portal


COMMON = {"destination": "hubspot", "object": "contacts", "match": "email"}
FIELDS = {"email": "email", "firstname": "first_name", "kith_revenue": "revenue_cents"}
CASES = [
    Case(
        name="hubspot",
        emulated=EMULATED,
        sync={**COMMON, "mode": "mirror", "on_leave": "clear", "map": FIELDS},
        held=names,
        bad=Person("c90000", "not an address"),
        code="VALIDATION_ERROR",
    ),
    Case(
        name="hubspot_bin",
        emulated=EMULATED,
        sync={**COMMON, "mode": "mirror", "on_leave": "delete", "map": FIELDS},
        held=live,
        bad=Person("c90000", "not an address"),
        code="VALIDATION_ERROR",
    ),
    Case(
        name="hubspot_list",
        emulated=Emulated(EMULATED.address, EMULATED.secrets, portal_with_a_list),
        sync={
            **COMMON,
            "mode": "audience",
            "on_leave": "remove",
            "options": {"list_id": 1},
            "map": {"email": "email"},
        },
        held=members,
        bad=Person("c90000", "stranger@example.com"),
        code="not_in_hubspot",
        takes_names=False,
    ),
]
