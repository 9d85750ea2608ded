"""Stripe as a source: lists once, then events, of which each record's newest counts."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest

from orchestration.sources.vendor import Cursor, VendorError
from sandbox.vendors.limits import Limits
from sandbox.vendors.stripe import Stripe
from tests.activation_world import UNLIMITED, Served, served
from tests.sources.installation import Installation, installed

KEY = token_hex(8)
OBJECTS: dict[str, dict[str, str | int]] = {
    name: {} for name in ("customers", "subscriptions", "invoices")
}


@pytest.fixture
def account() -> Stripe:
    return Stripe({"STRIPE_KEY": KEY}, Limits(requests_second=UNLIMITED.requests_second))


@pytest.fixture
def address(account: Stripe) -> Iterator[Served]:
    with served(account) as at:
        yield at


@pytest.fixture
def kith(tmp_path: Path, address: Served) -> Iterator[Installation]:
    environment = {"STRIPE_URL": address.url, "STRIPE_KEY": KEY}
    with installed(tmp_path, "stripe", OBJECTS, environment) as installation:
        yield installation


def content(row: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(row["record"])
    return found


def test_everything_arrives_once_and_then_exactly_what_changed(
    account: Stripe, kith: Installation
) -> None:
    ada, bob = account.edit("customers", [{"email": "ada@example.com"}, {"email": "b@x.io"}])
    plan, ended = account.edit("subscriptions", [{"customer": ada}, {"customer": bob}])
    [draft] = account.edit("invoices", [{"customer": bob}])
    account.cancel(ended)
    assert kith.collect() == {"customers": 2, "subscriptions": 2, "invoices": 1}
    assert kith.collect() == {}
    assert kith.latest("subscriptions")[ended][1]["status"] == "canceled"

    account.edit("customers", [{"id": ada, "email": "ada@new.example.com"}])
    account.cancel(plan)
    account.remove("customers", [bob])
    account.remove("invoices", [draft])
    assert kith.collect() == {"customers": 2, "subscriptions": 1, "invoices": 1}
    customers = kith.latest("customers")
    assert customers[ada][1]["email"] == "ada@new.example.com"
    assert (customers[bob][0], kith.latest("invoices")[draft][0]) == (True, True)
    # A subscription that ended is told as a deletion, and is still there.
    assert kith.latest("subscriptions")[plan][0] is False
    assert kith.latest("subscriptions")[plan][1]["status"] == "canceled"
    assert kith.collect() == {}


def test_of_changes_in_one_second_the_last_one_counts(account: Stripe, kith: Installation) -> None:
    [ada] = account.edit("customers", [{"name": "Ada"}])
    kith.collect()
    account.edit("customers", [{"id": ada, "name": f"Ada {n}"} for n in range(5)])
    assert kith.collect() == {"customers": 1}
    assert kith.latest("customers")[ada][1]["name"] == "Ada 4"


def test_a_change_between_the_list_and_its_end_is_not_lost(
    account: Stripe, kith: Installation
) -> None:
    ids = account.edit("customers", [{"name": str(n)} for n in range(250)])
    state: dict[str, Any] = {}
    rows = kith.read("customers", state)
    first = next(rows)
    account.edit("customers", [{"id": first["record_id"], "name": "changed"}])
    listed = {row["record_id"]: row for row in [first, *rows]}
    assert listed.keys() == set(ids)
    told = {row["record_id"]: row for row in kith.read("customers", state)}
    later = told[first["record_id"]]
    assert content(later)["name"] == "changed"
    assert later["updated_at"] > listed[first["record_id"]]["updated_at"]


def test_after_a_pause_longer_than_the_events_all_is_read_again(
    account: Stripe, kith: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, bob, cyd = account.edit("customers", [{"name": n} for n in ("Ada", "Bob", "Cyd")])
    kith.collect()
    account.edit("customers", [{"id": ada, "name": "Adah"}])
    account.remove("customers", [bob])
    account.forget_events()
    later = datetime.now(UTC) + timedelta(days=31)
    monkeypatch.setattr(Cursor, "started", property(lambda cursor: later))
    assert kith.collect() == {"customers": 2}
    customers = kith.latest("customers")
    assert customers[ada][1]["name"] == "Adah"
    assert {key: gone for key, (gone, _) in customers.items()} == {
        ada: False,
        bob: True,
        cyd: False,
    }


def test_throttling_and_lost_pages_are_read_again(
    account: Stripe, kith: Installation, address: Served
) -> None:
    ids = account.edit("invoices", [{"total": n} for n in range(250)])
    address.order(next=["429", "500_after", "reset"])
    assert [row["record_id"] for row in kith.read("invoices")] == ids[::-1]


def test_a_reading_that_fails_in_the_middle_begins_again(
    account: Stripe, kith: Installation, address: Served
) -> None:
    ids = account.edit("customers", [{"name": str(n)} for n in range(150)])
    state: dict[str, Any] = {}
    address.order(next=["401"])
    with pytest.raises(VendorError, match="stripe answered 401 to GET /v1/customers"):
        list(kith.read("customers", state))
    assert state == {}
    assert {row["record_id"] for row in kith.read("customers", state)} == set(ids)


def test_a_field_that_is_new_or_of_another_type_is_kept(
    account: Stripe, kith: Installation
) -> None:
    account.edit("customers", [{"metadata": "none", "tax": {"ip": None}}])
    [row] = kith.read("customers")
    assert (content(row)["metadata"], content(row)["tax"]) == ("none", {"ip": None})
