"""Shopify as a source: links, a leaking bucket, and orders that are paid back or called off."""

import json
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest

from orchestration.sources import full_scan
from sandbox.vendors import shopify
from sandbox.vendors.limits import Limits
from sandbox.vendors.shopify import Shopify
from tests.activation_world import UNLIMITED, Served, served
from tests.sources.installation import Installation, installed

TOKEN = token_hex(8)
OBJECTS: dict[str, dict[str, str | int]] = {"orders": {}, "customers": {}}


@pytest.fixture
def shop() -> Shopify:
    limits = Limits(requests_second=UNLIMITED.requests_second)
    return Shopify({"SHOPIFY_TOKEN": TOKEN}, limits)


@pytest.fixture
def address(shop: Shopify) -> Iterator[Served]:
    with served(shop) as at:
        yield at


@pytest.fixture
def kith(tmp_path: Path, address: Served) -> Iterator[Installation]:
    environment = {"SHOPIFY_URL": address.url, "SHOPIFY_TOKEN": TOKEN}
    with installed(tmp_path, "shopify", OBJECTS, environment) as installation:
        yield installation


def content(row: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(row["record"])
    return found


def test_everything_arrives_once_and_then_exactly_what_changed(
    shop: Shopify, kith: Installation
) -> None:
    [ada] = shop.edit("customers", [{"email": "ada@example.com"}])
    order = {"total_price": "119.00", "customer": {"id": int(ada)}, "note": "secret"}
    paid, kept, off = shop.edit("orders", [dict(order) for _ in range(3)])
    assert kith.collect() == {"orders": 3, "customers": 1}
    assert kith.collect() == {}
    assert not {"note", "browser_ip"} & kith.latest("orders")[paid][1].keys()

    shop.refund(paid, "19.00")
    shop.cancel(off)
    shop.edit("customers", [{"id": ada, "orders_count": 3}])  # which the orders say
    # Orders that were called off or closed are told to who asks for any status.
    assert kith.collect() == {"orders": 2}
    orders = kith.latest("orders")
    [refund] = orders[paid][1]["refunds"]
    assert refund["transactions"][0]["amount"] == "19.00"
    assert orders[off][1]["cancelled_at"] and not orders[off][0]
    assert orders[kept][1]["refunds"] == []


def test_a_customer_who_was_deleted_or_merged_is_found_by_the_next_scan(
    shop: Shopify, kith: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, loser, winner = shop.edit(
        "customers", [{"email": f"{n}@example.com"} for n in ("gone", "loser", "winner")]
    )
    [order] = shop.edit("orders", [{"customer": {"id": int(loser)}}])
    kith.collect()
    shop.remove("customers", [gone])
    shop.merge(loser, winner)
    assert kith.collect() == {"orders": 1}
    assert kith.latest("orders")[order][1]["customer"]["id"] == int(winner)
    monkeypatch.setattr(full_scan, "is_due", lambda state, hours: True)
    assert kith.collect() == {"customers": 2}
    deleted = {key: is_deleted for key, (is_deleted, _) in kith.latest("customers").items()}
    assert deleted == {gone: True, loser: True, winner: False}
    assert kith.collect() == {}


def test_a_link_is_followed_and_nothing_is_asked_beside_it(
    shop: Shopify, kith: Installation, address: Served
) -> None:
    ids = shop.edit("orders", [{"total_price": "1.00"} for _ in range(600)])
    address.order(next=["503", "reset", "500_after"])
    rows = kith.read("orders")
    first = next(rows)
    shop.edit("orders", [{"total_price": "2.00"}, {"id": ids[0], "total_price": "3.00"}])
    found = [first, *rows]
    # The one that came meanwhile is for the next reading.
    assert {row["record_id"] for row in found} == set(ids)
    assert content(found[-1])["total_price"] == "3.00"


def test_a_full_bucket_is_waited_out(
    shop: Shopify, kith: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shopify, "BUCKET", 2)
    shop.leak_second = 20.0
    shop.edit("orders", [{"total_price": "1.00"} for _ in range(1_100)])
    assert len(list(kith.read("orders"))) == 1_100


def test_orders_that_grow_old_are_not_taken_for_deleted(shop: Shopify, kith: Installation) -> None:
    """An app that may read only the orders of sixty days is shown fewer each day."""
    old, new = shop.edit("orders", [{"total_price": "1.00"}, {"total_price": "2.00"}])
    kith.collect()
    shop.tables["orders"][int(old)]["created_at"] = "2020-01-01T00:00:00+00:00"
    shop.reads_all_orders = False
    assert kith.collect() == {}
    assert {key: gone for key, (gone, _) in kith.latest("orders").items()} == {
        old: False,
        new: False,
    }


def test_a_field_that_is_new_or_of_another_type_is_kept(shop: Shopify, kith: Installation) -> None:
    shop.edit("orders", [{"total_price": {"amount": "1.00"}, "customer": "ada", "tip": 5}])
    [row] = kith.read("orders")
    assert content(row)["total_price"] == {"amount": "1.00"}
    assert (content(row)["customer"], content(row)["tip"]) == ("ada", 5)
