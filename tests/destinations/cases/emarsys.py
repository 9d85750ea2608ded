"""Contacts, and members of a contact list, in Emarsys."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sandbox.vendors.emarsys import EMULATED, Emarsys
from sandbox.vendors.limits import Limits
from tests.activation_world import Person, people
from tests.destinations.case import Case, Held

LIST_ID = "8001"
FIRST_NAME, EMAIL, CITY = "1", "3", "11"


def contacts(dump: dict[str, Any]) -> Held:
    """Contacts that still have a first name, by e-mail address."""
    return {
        contact[EMAIL]: contact[FIRST_NAME]
        for contact in dump["contacts"].values()
        if contact[FIRST_NAME]
    }


def members(dump: dict[str, Any]) -> Held:
    """E-mail addresses of the list's members."""
    emails = [dump["contacts"][key][EMAIL] for key in dump["lists"][LIST_ID]]
    return dict(zip(emails, emails, strict=True))


def with_contacts(secrets: Mapping[str, str], limits: Limits) -> Emarsys:
    """An account that has everybody as a contact, and an empty list."""
    account = Emarsys(secrets, limits)
    for email in [*(person.email for person in people(12)), "newcomer@example.com"]:
        account.create({EMAIL: email})
    account.lists[LIST_ID] = set()
    return account


CONTACTS = Case(
    name="emarsys",
    emulated=EMULATED,
    sync={
        "destination": "emarsys",
        "match": EMAIL,
        "mode": "mirror",
        "on_leave": "delete",
        "map": {EMAIL: "email", FIRST_NAME: "first_name", CITY: "city"},
    },
    held=contacts,
    bad=Person("c90000", "not an address"),
    code="2005",
)
CASES = [
    CONTACTS,
    Case(
        name="emarsys_list",
        emulated=replace(EMULATED, make=with_contacts),
        sync={
            "destination": "emarsys",
            "match": EMAIL,
            "mode": "audience",
            "map": {EMAIL: "email"},
            "options": {"list_id": LIST_ID},
        },
        held=members,
        bad=Person("c90000", "stranger@example.com"),
        code="2008",
        takes_names=False,
    ),
]
