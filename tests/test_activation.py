"""Syncs against vendors that keep state: what is sent, what is not, and what is remembered."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from orchestration.activation.receipt import Receipt
from orchestration.activation.run import plan_only, sync
from orchestration.warehouse import Home
from sandbox.vendors.hubspot.app import HubSpot
from tests.activation_world import (
    TOKEN,
    UNLIMITED,
    Person,
    Served,
    hubspot_sync,
    people,
    publish,
    quick,
    rows,
    served,
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def hubspot() -> Iterator[Served]:
    with served(HubSpot(TOKEN, None, UNLIMITED)) as vendor:
        yield vendor


def names(vendor: Served) -> dict[str, str | None]:
    return {email: fields.get("firstname") for email, fields in vendor.contacts().items()}


def balances(receipt: Receipt) -> bool:
    into = receipt.audience + receipt.removed
    out = receipt.withheld + receipt.unchanged + receipt.waiting + receipt.sent
    return into == out + receipt.rejected + receipt.in_doubt + receipt.unsent


def test_a_first_run_sends_everybody_and_a_second_run_sends_nothing(
    home: Home, hubspot: Served
) -> None:
    publish(home, people(250))
    first = sync(hubspot_sync(), home, hubspot.environment)
    assert (first.status, first.added, first.sent, first.requests) == ("settled", 250, 250, 5)
    assert len(hubspot.contacts()) == 250
    asked = hubspot.requests
    second = sync(hubspot_sync(), home, hubspot.environment)
    assert (second.unchanged, second.sent, second.requests) == (250, 0, 0)
    assert hubspot.requests == asked
    assert len(rows(home, "select * from activation.sync_changes")) == 250


def test_the_properties_that_are_ours_are_created_with_the_type_of_their_column(
    home: Home, hubspot: Served
) -> None:
    publish(home, people(1))
    sync(hubspot_sync(), home, hubspot.environment)
    (contact,) = hubspot.contacts().values()
    assert contact["kith_revenue"] == "100"
    assert hubspot.gate.requests["POST /crm/v3/properties/contacts"] == 1


def test_only_mapped_columns_make_a_row_change(home: Home, hubspot: Served) -> None:
    publish(home, people(10))
    sync(hubspot_sync(), home, hubspot.environment)
    moved = [replace(person, city="Paris") for person in people(10)]
    publish(home, moved)
    assert sync(hubspot_sync(), home, hubspot.environment).unchanged == 10
    publish(home, [replace(moved[0], first_name="Grace"), *moved[1:]])
    receipt = sync(hubspot_sync(), home, hubspot.environment)
    assert (receipt.changed, receipt.unchanged, receipt.sent) == (1, 9, 1)
    assert names(hubspot)["person00000@example.com"] == "Grace"


def test_only_members_of_the_segment_are_sent(home: Home, hubspot: Served) -> None:
    publish(home, [*people(3), Person("other", "other@example.com", is_member=False)])
    assert sync(hubspot_sync(), home, hubspot.environment).audience == 3
    everybody = hubspot_sync(name="hubspot_everybody", segment=None)
    assert sync(everybody, home, hubspot.environment).audience == 4


def test_who_leaves_is_removed_by_a_mirror_and_kept_by_an_upsert(
    home: Home, hubspot: Served
) -> None:
    keeping = hubspot_sync(mode="upsert", name="keeping")
    publish(home, people(2))
    sync(keeping, home, hubspot.environment)
    publish(home, [replace(people(2)[0], is_member=False), people(2)[1]])
    assert sync(keeping, home, hubspot.environment).removed == 0
    assert names(hubspot)["person00000@example.com"] == "Ada"
    publish(home, people(2))
    sync(hubspot_sync(), home, hubspot.environment)
    publish(home, [replace(people(2)[0], is_member=False), people(2)[1]])
    receipt = sync(hubspot_sync(), home, hubspot.environment)
    assert (receipt.removed, receipt.sent) == (1, 1)
    assert "kith_revenue" not in hubspot.contacts()["person00000@example.com"]
    assert names(hubspot) == {"person00000@example.com": None, "person00001@example.com": "Ada"}


@pytest.mark.parametrize("mode", ["upsert", "mirror"])
def test_who_withdraws_consent_is_removed_whatever_happens_to_leavers(
    home: Home, hubspot: Served, mode: str
) -> None:
    declared = hubspot_sync(mode=mode)
    publish(home, people(3))
    sync(declared, home, hubspot.environment)
    publish(home, [replace(people(3)[0], is_granted=False), *people(3)[1:]])
    receipt = sync(declared, home, hubspot.environment)
    assert (receipt.withheld, receipt.removed, receipt.sent) == (1, 1, 1)
    assert names(hubspot)["person00000@example.com"] is None
    assert balances(receipt)


def test_a_person_erased_from_the_warehouse_is_removed(home: Home, hubspot: Served) -> None:
    declared = hubspot_sync(mode="upsert")
    publish(home, people(3))
    sync(declared, home, hubspot.environment)
    publish(home, people(3)[1:])
    assert sync(declared, home, hubspot.environment).removed == 1
    assert names(hubspot)["person00000@example.com"] is None


def test_a_removal_does_not_bring_back_a_contact_that_was_deleted_there(
    home: Home, hubspot: Served
) -> None:
    publish(home, people(2))
    sync(hubspot_sync(), home, hubspot.environment)
    portal = hubspot.gate.vendor
    assert isinstance(portal, HubSpot)
    portal.objects["contacts"].table.erase("100001")
    gone = set(names(hubspot))
    publish(home, [])
    receipt = sync(hubspot_sync(), home, hubspot.environment)
    assert (receipt.removed, receipt.sent, receipt.status) == (2, 2, "settled")
    assert set(names(hubspot)) == gone


def test_who_gets_another_address_leaves_the_old_one(home: Home, hubspot: Served) -> None:
    publish(home, people(2))
    sync(hubspot_sync(), home, hubspot.environment)
    publish(home, [replace(people(2)[0], email="new@example.com"), people(2)[1]])
    receipt = sync(hubspot_sync(), home, hubspot.environment)
    assert (receipt.added, receipt.removed) == (1, 1)
    assert names(hubspot)["person00000@example.com"] is None
    assert names(hubspot)["new@example.com"] == "Ada"


def test_customers_that_were_merged_keep_their_record_and_nothing_is_sent(
    home: Home, hubspot: Served
) -> None:
    publish(home, people(2))
    sync(hubspot_sync(), home, hubspot.environment)
    publish(home, [replace(people(2)[0], customer_id="survivor"), people(2)[1]])
    assert sync(hubspot_sync(), home, hubspot.environment).requests == 0
    publish(home, [replace(people(2)[0], customer_id="survivor", is_granted=False), people(2)[1]])
    assert sync(hubspot_sync(), home, hubspot.environment).removed == 1


def test_two_customers_with_one_address_send_one_and_the_other_is_refused_with_the_reason(
    home: Home, hubspot: Served
) -> None:
    double = Person("a-twin", "person00001@example.com", first_name="Twin")
    publish(home, people(2))
    sync(hubspot_sync(), home, hubspot.environment)
    publish(home, [*people(2), double, Person("nobody", None)])
    receipt = sync(hubspot_sync(), home, hubspot.environment)
    assert (receipt.rejected, receipt.unchanged, receipt.requests) == (2, 2, 0)
    assert balances(receipt)
    query = "select customer_id, code from activation.sync_rejections where is_open order by all"
    assert rows(home, query) == [("a-twin", "match_not_unique"), ("nobody", "match_missing")]
    assert names(hubspot)["person00001@example.com"] == "Ada"
    publish(home, people(2))
    sync(hubspot_sync(), home, hubspot.environment)
    assert rows(home, query) == []


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
    assert (receipt.status, receipt.reason) == ("skipped", "no credentials")
    assert receipt.is_delivered
    assert rows(home, "select status from activation.sync_runs") == [("skipped",)]


def test_a_plan_counts_what_a_run_would_do_and_changes_no_byte(home: Home, hubspot: Served) -> None:
    publish(home, people(20))
    sync(hubspot_sync(), home, hubspot.environment)
    publish(home, [replace(people(20)[0], first_name="Grace"), *people(20)[1:15]])
    before = {path: path.read_bytes() for path in home.root.rglob("*") if path.is_file()}
    asked = hubspot.requests
    planned = plan_only(hubspot_sync(), home)
    assert (planned.changed, planned.removed, planned.unchanged) == (1, 5, 14)
    assert {p: p.read_bytes() for p in home.root.rglob("*") if p.is_file()} == before
    assert hubspot.requests == asked


def test_a_plan_before_the_first_run_leaves_no_ledger_behind(home: Home) -> None:
    publish(home, people(20))
    assert plan_only(hubspot_sync(), home).added == 20
    assert [path.name for path in home.root.iterdir()] == ["serving.duckdb"]


def test_nothing_of_a_settled_run_is_left_in_the_spool(home: Home, hubspot: Served) -> None:
    publish(home, people(20))
    sync(hubspot_sync(), home, hubspot.environment)
    assert [path.name for path in (home.spool / "hubspot_big_spenders").iterdir()] == ["lock"]
    assert rows(home, "select * from activation.sync_outbox") == []
