"""Contacts in Zoho CRM."""

from dataclasses import replace
from typing import Any

from sandbox.vendors.zoho import EMULATED
from tests.activation_world import Person
from tests.destinations.case import Case, Held


def held(dump: dict[str, Any]) -> Held:
    """Contacts by e-mail address; one that was cleared has no name."""
    contacts = dump["Contacts"].values()
    return {held["Email"]: held["First_Name"] for held in contacts if held["First_Name"]}


CONTACTS = Case(
    name="zoho",
    emulated=EMULATED,
    sync={
        "destination": "zoho",
        "object": "Contacts",
        "match": "Email",
        "mode": "mirror",
        "on_leave": "delete",
        "map": {
            "Email": "email",
            "First_Name": "first_name",
            "Last_Name": "customer_id",
            "Kith_Revenue": "revenue_cents",
        },
    },
    held=held,
    bad=Person("c90000", "not an address"),
    code="INVALID_DATA",
    more={"ZOHO_ACCOUNTS_URL": "{url}"},
)
CASES = [
    CONTACTS,
    replace(CONTACTS, name="zoho_cleared", sync={**CONTACTS.sync, "on_leave": "clear"}),
]
