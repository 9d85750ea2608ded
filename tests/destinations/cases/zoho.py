"""Contacts in Zoho CRM."""

from typing import Any

from sandbox.vendors.zoho import EMULATED
from tests.activation_world import Person
from tests.destinations.case import Case, Held


def held(dump: dict[str, Any]) -> Held:
    """Contacts by e-mail address."""
    return {record["Email"]: record["First_Name"] for record in dump["Contacts"].values()}


CASES = [
    Case(
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
]
