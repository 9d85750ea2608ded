"""Zoho: what it says of a row that it refuses."""

from pathlib import Path

from orchestration.activation.rejections import rejections
from orchestration.warehouse import Home
from tests.activation_world import people, served
from tests.destinations.case import vendor_of
from tests.destinations.cases.zoho import CONTACTS
from tests.destinations.test_every_destination import At


def test_a_refusal_names_the_field_that_is_wrong(tmp_path: Path) -> None:
    secrets = CONTACTS.secrets()
    with served(vendor_of(CONTACTS, secrets)) as vendor:
        at = At(CONTACTS, Home(tmp_path), vendor, secrets)
        receipt = at.run([*people(2), CONTACTS.bad])
    assert (receipt.sent, receipt.rejected) == (2, 1)
    (refused,) = rejections(CONTACTS.declared(), at.home)
    assert (refused.code, refused.example) == ("INVALID_DATA", "Email: invalid data: [value]")
