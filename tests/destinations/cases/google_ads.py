"""A Customer Match audience at Google, known by fingerprints of addresses."""

import hashlib
from typing import Any

from sandbox.vendors.google_ads import ACCOUNT, AUDIENCE, EMULATED, MANAGER
from tests.activation_world import Person
from tests.destinations.case import Case, Held


def fingerprint(person: Person) -> str:
    """Of the address."""
    return hashlib.sha256(str(person.email).lower().encode()).hexdigest()


def held(dump: dict[str, Any]) -> Held:
    """The members."""
    return {member: member for member in dump["members"]}


CASES = [
    Case(
        name="google_ads",
        emulated=EMULATED,
        sync={
            "destination": "google_ads",
            "room": "activation",
            "model": "ad_identifiers",
            "mode": "audience",
            "match": "emailAddress",
            "options": {
                "account_id": ACCOUNT,
                "login_account_id": MANAGER,
                "audience_id": AUDIENCE,
            },
            "map": {"emailAddress": "email_sha256"},
        },
        held=held,
        bad=Person("c90000", "not an address"),
        code="INVALID_ARGUMENT",
        known_as=fingerprint,
        more={"GOOGLE_OAUTH_URL": "{url}"},
        takes_names=False,
        answers_later=True,
    )
]
