"""Syncs against vendors that keep state: what is sent, what is not, and what is remembered."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from orchestration.activation.ledger import ledger
from orchestration.activation.receipt import Receipt
from orchestration.activation.run import plan_only, sync
from orchestration.warehouse import Home
from sandbox.vendors.hubspot.app import HubSpot
from tests.activation_world import (
    Person,
    Served,
    hubspot_sync,
    people,
    publish,
    rows,
)


def names(vendor: Served) -> dict[str, str | None]:
    return {email: fields.get("firstname") for email, fields in vendor.contacts().items()}


def balances(receipt: Receipt) -> bool:
    into = receipt.audience + receipt.removed
    out = receipt.withheld + receipt.unsendable + receipt.unchanged
    out += receipt.waiting + receipt.sent
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


def test_two_customers_with_one_address_send_one_and_the_other_is_unsendable_with_the_reason(
    home: Home, hubspot: Served
) -> None:
    double = Person("a-twin", "person00001@example.com", first_name="Twin")
    publish(home, people(2))
    sync(hubspot_sync(), home, hubspot.environment)
    publish(home, [*people(2), double, Person("nobody", None)])
    receipt = sync(hubspot_sync(), home, hubspot.environment)
    assert (receipt.unsendable, receipt.rejected) == (2, 0)
    assert (receipt.unchanged, receipt.requests) == (2, 0)
    assert balances(receipt)
    query = "select customer_id, code from activation.sync_rejections where is_open order by all"
    assert rows(home, query) == [("a-twin", "match_not_unique"), ("nobody", "match_missing")]
    assert names(hubspot)["person00001@example.com"] == "Ada"
    publish(home, people(2))
    sync(hubspot_sync(), home, hubspot.environment)
    assert rows(home, query) == []


def test_a_plan_counts_what_a_run_would_do_and_changes_no_byte(home: Home, hubspot: Served) -> None:
    publish(home, people(20))
    sync(hubspot_sync(), home, hubspot.environment)
    publish(home, [replace(people(20)[0], first_name="Grace"), *people(20)[1:15]])
    before = {path: path.read_bytes() for path in home.root.rglob("*") if path.is_file()}
    asked = hubspot.requests
    planned, _ = plan_only(hubspot_sync(), home)
    assert (planned.changed, planned.removed, planned.unchanged) == (1, 5, 14)
    assert {p: p.read_bytes() for p in home.root.rglob("*") if p.is_file()} == before
    assert hubspot.requests == asked


def test_a_plan_before_the_first_run_leaves_no_ledger_behind(home: Home) -> None:
    publish(home, people(20))
    assert plan_only(hubspot_sync(), home)[0].added == 20
    assert [path.name for path in home.root.iterdir()] == ["serving.duckdb"]


def test_nothing_of_a_settled_run_is_left_in_the_spool(home: Home, hubspot: Served) -> None:
    publish(home, people(20))
    sync(hubspot_sync(), home, hubspot.environment)
    assert [path.name for path in (home.spool / "hubspot_big_spenders").iterdir()] == ["lock"]
    assert rows(home, "select * from activation.sync_outbox") == []


def test_while_a_vendor_is_slow_nobody_waits_for_a_database(home: Home, hubspot: Served) -> None:
    publish(home, people(5))
    home.warehouse.touch()
    hubspot.order(next=["slow"], slow_seconds=1.5, only="/crm/v3/objects")
    with ThreadPoolExecutor(1) as pool:
        under_way = pool.submit(sync, hubspot_sync(), home, hubspot.environment)
        while not hubspot.gate.faults.fired:
            assert not under_way.done()
        open_files = {str(link.resolve()) for link in Path("/proc/self/fd").iterdir()}
        assert not {str(f) for f in (home.activation, home.serving, home.warehouse)} & open_files
        with ledger(home) as connection:
            status = "select status from activation.sync_runs"
            assert connection.execute(status).fetchall() == [("planned",)]
        assert not under_way.done()
        assert under_way.result().sent == 5
