"""A custom audience at Meta: by the customer's id with fingerprints, and by one fingerprint."""

from typing import Any

from sandbox.vendors.meta import AUDIENCE, EMULATED
from tests.activation_world import Person
from tests.destinations.case import Case, Held
from tests.destinations.cases.google_ads import fingerprint


def held(dump: dict[str, Any]) -> Held:
    """Fingerprints of addresses."""
    return {entry["EMAIL"]: entry["EMAIL"] for entry in dump["entries"]}


COMMON = {
    "destination": "meta",
    "room": "activation",
    "model": "ad_identifiers",
    "mode": "audience",
    "options": {"audience_id": AUDIENCE},
}
CASES = [
    Case(
        name="meta",
        emulated=EMULATED,
        sync={
            **COMMON,
            "match": "EXTERN_ID",
            "map": {
                "EXTERN_ID": "customer_id",
                "EMAIL": "email_sha256",
                "FN": "first_name_sha256",
            },
        },
        held=held,
        bad=Person("c90000", "not an address"),
        code="invalid",
        known_as=fingerprint,
        takes_names=False,
    ),
    Case(
        name="meta_alone",
        emulated=EMULATED,
        sync={**COMMON, "match": "EMAIL", "map": {"EMAIL": "email_sha256"}},
        held=held,
        bad=Person("c90000", "not an address"),
        code="invalid",
        known_as=fingerprint,
        takes_names=False,
    ),
]
