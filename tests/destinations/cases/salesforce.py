"""Contacts in Salesforce: in collections, as jobs of Bulk API 2.0, and cleared when they leave."""

from typing import Any

from sandbox.vendors.salesforce.app import EMULATED
from tests.activation_world import Person
from tests.destinations.case import Case, Held

SYNC: dict[str, Any] = {
    "destination": "salesforce",
    "object": "Contact",
    "match": "Kith_Customer_Id__c",
    "mode": "mirror",
    "on_leave": "delete",
    "map": {
        "Kith_Customer_Id__c": "customer_id",
        "Email": "email",
        "FirstName": "first_name",
        "LastName": "customer_id",
    },
}


def held(dump: dict[str, Any]) -> Held:
    """Contacts that have an e-mail address and are not in the recycle bin."""
    return {
        record["Email"]: record["FirstName"]
        for record in dump["Contact"].values()
        if record.get("Email") and not record["IsDeleted"]
    }


def case(name: str, **more: Any) -> Case:  # noqa: ANN401 - whatever an exposure may declare
    """The same contacts, sent in another way."""
    answers_later = "options" in more
    bad = Person("c90000", "not an address")
    code = "INVALID_EMAIL_ADDRESS"
    return Case(name, EMULATED, SYNC | more, held, bad, code, answers_later=answers_later)


CASES = [
    case("salesforce"),
    case("salesforce_cleared", on_leave="clear"),
    case("salesforce_bulk", options={"bulk_above": 0}),
]
