"""Vendors that refuse, fail, fall silent or are down: what becomes of each row."""

from dataclasses import replace

import pytest

from orchestration.activation.receipt import Receipt
from orchestration.activation.run import sync
from orchestration.warehouse import Home
from tests.activation_world import (
    Person,
    Served,
    hubspot_sync,
    people,
    publish,
    quick,
    rows,
)


def names(vendor: Served) -> dict[str, str | None]:
    return {email: fields.get("firstname") for email, fields in vendor.contacts().items()}


def balances(receipt: Receipt) -> bool:
    into = receipt.audience + receipt.removed
    out = receipt.withheld + receipt.unsendable + receipt.unchanged
    out += receipt.waiting + receipt.sent
    return into == out + receipt.rejected + receipt.in_doubt + receipt.unsent


def test_a_row_that_the_vendor_refuses_is_told_apart_from_those_it_takes(
    home: Home, hubspot: Served
) -> None:
    publish(home, [*people(5), Person("bad", "not an address", "Eve")])
    receipt = sync(hubspot_sync(), home, hubspot.environment)
    assert (receipt.status, receipt.sent, receipt.rejected) == ("settled", 5, 1)
    assert balances(receipt)
    query = "select customer_id, code, message, attempts from activation.sync_rejections"
    ((customer_id, code, message, attempts),) = rows(home, query)
    assert (customer_id, code, attempts) == ("bad", "VALIDATION_ERROR", 1)
    assert "INVALID_EMAIL" in message
    assert "not an address" not in message


def test_a_refused_row_waits_its_turn_and_is_tried_at_once_when_its_content_changes(
    home: Home, hubspot: Served
) -> None:
    bad = Person("bad", "not an address", "Eve")
    publish(home, [*people(2), bad])
    tries = [sync(hubspot_sync(), home, hubspot.environment).rejected for _ in range(8)]
    assert tries == [1, 0, 1, 0, 0, 0, 1, 0]
    publish(home, [*people(2), replace(bad, first_name="Eva")])
    assert sync(hubspot_sync(), home, hubspot.environment).rejected == 1
    publish(home, [*people(2), replace(bad, email="eve@example.com")])
    receipt = sync(hubspot_sync(), home, hubspot.environment)
    assert (receipt.sent, receipt.rejected, receipt.waiting) == (1, 0, 0)
    assert rows(home, "select * from activation.sync_rejections where is_open") == []


def test_a_row_refused_five_times_is_not_tried_for_ever(home: Home, hubspot: Served) -> None:
    publish(home, [Person("bad", "not an address")])
    tries = 0
    for _ in range(7):
        tries += sync(hubspot_sync(), home, hubspot.environment).rejected
        rows(home, "update activation.sync_rejections set retry_in_runs = 1 where attempts < 5")
    assert tries == 5
    query = "select attempts, retry_in_runs, is_open from activation.sync_rejections"
    assert rows(home, query) == [(5, None, True)]


@pytest.mark.parametrize("fault", ["429", "500_before", "500_after", "reset", "reset_after", "503"])
def test_a_passing_fault_is_overcome_within_the_run(
    home: Home, hubspot: Served, fault: str
) -> None:
    publish(home, people(250))
    hubspot.order(next=[fault, fault])
    receipt = sync(hubspot_sync(), home, hubspot.environment)
    assert (receipt.status, receipt.sent, len(hubspot.contacts())) == ("settled", 250, 250)


@pytest.mark.parametrize("fault", ["garbage", "empty"])
def test_a_success_that_names_no_row_is_in_doubt_and_sent_again(
    home: Home, hubspot: Served, fault: str
) -> None:
    publish(home, people(5))
    hubspot.order(next=[fault], only="/crm/v3/objects")
    receipt = sync(hubspot_sync(), home, hubspot.environment)
    assert (receipt.status, receipt.in_doubt, receipt.sent) == ("partial", 5, 0)
    assert sync(hubspot_sync(), home, hubspot.environment).sent == 5
    assert len(hubspot.contacts()) == 5


def test_a_row_in_doubt_that_has_left_is_withdrawn(home: Home, hubspot: Served) -> None:
    publish(home, people(5))
    hubspot.order(rates={"500_after": 1.0}, only="/crm/v3/objects")
    receipt = sync(hubspot_sync(limits=quick(attempts=2)), home, hubspot.environment)
    assert (receipt.in_doubt, len(hubspot.contacts())) == (5, 5)
    hubspot.order()
    publish(home, people(2))
    sync(hubspot_sync(), home, hubspot.environment)
    assert sum(name is None for name in names(hubspot).values()) == 3


def test_a_vendor_that_is_down_leaves_everything_unsent_and_the_next_run_makes_good(
    home: Home, hubspot: Served
) -> None:
    publish(home, people(1000))
    hubspot.order(down=True)
    receipt = sync(hubspot_sync(limits=quick(attempts=2)), home, hubspot.environment)
    assert (receipt.status, receipt.sent) == ("partial", 0)
    assert receipt.reason is not None and "503" in receipt.reason
    assert not receipt.is_delivered
    assert hubspot.requests < 20
    hubspot.order()
    assert sync(hubspot_sync(), home, hubspot.environment).sent == 1000


def test_an_address_where_nobody_listens_is_in_the_receipt(home: Home) -> None:
    publish(home, people(10))
    environment = {"HUBSPOT_URL": "http://127.0.0.1:1", "HUBSPOT_TOKEN": "any"}
    receipt = sync(hubspot_sync(limits=quick(attempts=2)), home, environment)
    assert (receipt.status, receipt.unsent, receipt.in_doubt) == ("partial", 10, 0)
    assert receipt.reason == "unreachable: ConnectError"


def test_a_refused_token_stops_the_run_at_once(home: Home, hubspot: Served) -> None:
    publish(home, people(1000))
    receipt = sync(hubspot_sync(), home, hubspot.environment | {"HUBSPOT_TOKEN": "expired"})
    assert (receipt.unsent, receipt.requests, receipt.reason) == (1000, 1, "answers 401")


def test_without_credentials_the_sync_is_skipped_and_says_so(home: Home) -> None:
    publish(home, people(10))
    receipt = sync(hubspot_sync(), home, {})
    assert (receipt.status, receipt.reason) == ("skipped", "no credentials: HUBSPOT_TOKEN not set")
    assert receipt.is_delivered
    assert rows(home, "select status from activation.sync_runs") == [("skipped",)]
