"""What is told once, who was written to often enough, whom a merge renames, who lets out."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.activation.declaration import Sync
from orchestration.activation.guards import NothingHeld, approve
from orchestration.activation.receipt import Receipt
from orchestration.activation.run import plan_only, sync
from orchestration.warehouse import Home
from sandbox.vendors.hubspot.app import HubSpot
from sandbox.vendors.webhook import Webhook
from tests.activation_world import (
    SECRET,
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
    webhook_sync,
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def endpoint() -> Iterator[Served]:
    with served(Webhook(SECRET, UNLIMITED)) as vendor:
        yield vendor


@pytest.fixture
def hubspot() -> Iterator[Served]:
    with served(HubSpot(TOKEN, None, UNLIMITED)) as vendor:
        yield vendor


def told(vendor: Served) -> list[tuple[str, str]]:
    """What the endpoint heard, in order: operation and customer."""
    return [(row["operation"], row["id"]) for row in vendor.gate.vendor.dump()["rows"]]


def into(home: Home, table: str, *records: tuple[object, ...]) -> None:
    with duckdb.connect(str(home.serving)) as connection:
        places = ", ".join("?" for _ in records[0])
        connection.executemany(f"insert into {table} values ({places})", [*map(list, records)])


def merged(home: Home, old: str, new: str) -> None:
    """Publishes that one customer has become part of another."""
    into(home, "identity.customer_ids", (old, new), (new, new))
    into(home, "identity.customer_id_history", (old, new, 1))


def away(persons: list[Person], *numbers: int) -> list[Person]:
    """The same people, some of them no longer in the segment."""
    return [
        replace(person, is_member=False) if i in numbers else person
        for i, person in enumerate(persons)
    ]


EVENTS = {"mode": "append", "on_leave": "remove"}


def test_who_enters_and_leaves_is_told_each_time_and_changes_are_not(
    home: Home, endpoint: Served
) -> None:
    declared = webhook_sync(**EVENTS)
    for persons in (
        people(2),
        [replace(people(2)[0], first_name="Grace"), people(2)[1]],
        away(people(2), 0),
        people(2),
    ):
        publish(home, persons)
        sync(declared, home, endpoint.environment)
    entered, left = ("added", "c00000"), ("removed", "c00000")
    assert told(endpoint) == [entered, ("added", "c00001"), left, entered]


def test_who_comes_back_is_told_again_even_if_leaving_is_not(home: Home, endpoint: Served) -> None:
    declared = webhook_sync(mode="append")
    for persons in (people(2), away(people(2), 0), away(people(2), 0), people(2)):
        publish(home, persons)
        sync(declared, home, endpoint.environment)
    assert told(endpoint) == [("added", "c00000"), ("added", "c00001"), ("added", "c00000")]


def test_a_merge_tells_nothing_anew_and_removes_the_former_id_once(
    home: Home, endpoint: Served
) -> None:
    events, members = webhook_sync(**EVENTS), webhook_sync(name="mirror_members")
    publish(home, people(3))
    for declared in (events, members):
        sync(declared, home, endpoint.environment)
    before = len(told(endpoint))
    for _ in range(2):
        publish(home, people(2))
        merged(home, "c00002", "c00001")
        for declared in (events, members):
            sync(declared, home, endpoint.environment)
    assert told(endpoint)[before:] == [("removed", "c00002"), ("removed", "c00002")]


def test_an_event_about_who_got_another_id_is_not_told_twice(home: Home, endpoint: Served) -> None:
    declared = webhook_sync(mode="append")
    publish(home, people(3)[2:])
    sync(declared, home, endpoint.environment)
    for _ in range(2):
        publish(home, people(2))
        merged(home, "c00002", "c00001")
        sync(declared, home, endpoint.environment)
    assert told(endpoint) == [("added", "c00002"), ("added", "c00000")]


def test_a_merged_customer_is_taken_back_under_the_old_address_and_kept_under_the_new(
    home: Home, hubspot: Served
) -> None:
    declared = hubspot_sync(mode="upsert")
    publish(home, people(2))
    sync(declared, home, hubspot.environment)
    publish(home, people(1))
    merged(home, "c00001", "c00000")
    receipt = sync(declared, home, hubspot.environment)
    assert (receipt.removed, receipt.changed, receipt.unchanged) == (1, 0, 1)
    held = {email for email, fields in hubspot.contacts().items() if "firstname" in fields}
    assert held == {"person00000@example.com"}


def test_a_record_that_is_somebody_elses_by_now_goes_by_their_consent(
    home: Home, hubspot: Served
) -> None:
    declared = hubspot_sync(mode="upsert")
    publish(home, people(2))
    sync(declared, home, hubspot.environment)
    first, second = people(2)
    split = replace(second, customer_id="c00009", is_granted=None, is_member=False)
    publish(home, [first, replace(second, email=None, is_member=False), split])
    assert sync(declared, home, hubspot.environment).removed == 1


def pressed(home: Home, *rules: tuple[str, int, int]) -> None:
    """Publishes sync, priority and most contacts in seven days, all by e-mail."""
    into(home, "activation.contact_pressure", *((s, "email", p, most, 7) for s, p, most in rules))


def test_nobody_is_written_to_more_often_than_allowed(home: Home, endpoint: Served) -> None:
    rules = (("first", 1, 2), ("second", 2, 2), ("third", 3, 2))
    receipts: dict[str, Receipt] = {}
    publish(home, people(3))
    pressed(home, *rules)
    for name, _, _ in rules:
        declared = webhook_sync(name=name, mode="append")
        receipts[name] = sync(declared, home, endpoint.environment)
    assert [(r.sent, r.capped) for r in receipts.values()] == [(3, 0), (3, 0), (0, 3)]
    long_ago = datetime.now() - timedelta(days=8)
    rows(home, f"update activation.sync_changes set sent_at = '{long_ago}' where sync = 'first'")
    later = sync(webhook_sync(name="third", mode="append"), home, endpoint.environment)
    assert (later.sent, later.capped) == (3, 0)


def test_of_syncs_that_want_a_person_at_once_the_first_in_line_gets_them(
    home: Home, endpoint: Served
) -> None:
    peers = (("urgent", "seg_big_spenders"), ("patient", "seg_big_spenders"))
    publish(home, people(3))
    pressed(home, ("urgent", 1, 1), ("patient", 2, 1))
    patient, urgent = (
        sync(webhook_sync(name=name, mode="append", peers=peers), home, endpoint.environment)
        for name in ("patient", "urgent")
    )
    assert (patient.capped, urgent.sent) == (3, 3)


def test_pressure_follows_a_person_through_a_merge(home: Home, endpoint: Served) -> None:
    publish(home, people(2))
    pressed(home, ("first", 1, 1), ("second", 2, 1))
    sync(webhook_sync(name="first", mode="append"), home, endpoint.environment)
    publish(home, [replace(people(1)[0], customer_id="c00009")])
    pressed(home, ("first", 1, 1), ("second", 2, 1))
    merged(home, "c00001", "c00009")
    second = webhook_sync(name="second", mode="append")
    assert sync(second, home, endpoint.environment).capped == 1


CAREFUL: dict[str, Any] = {"guards": {"max_removed_share": 0.2, "ignore_below": 1}}


def test_a_held_run_goes_out_once_after_somebody_says_so(home: Home, endpoint: Served) -> None:
    declared = webhook_sync(**CAREFUL)
    publish(home, people(20))
    sync(declared, home, endpoint.environment)
    publish(home, people(10))
    held = sync(declared, home, endpoint.environment)
    assert (held.status, held.sent) == ("held", 0)
    assert held.reason is not None and "kith sync approve webhook_members" in held.reason
    assert approve(declared, home).removed == 10
    assert plan_only(declared, home)[0].status == "planned"
    assert sync(declared, home, endpoint.environment).sent == 10
    publish(home, people(5))
    assert sync(declared, home, endpoint.environment).status == "held"


def test_what_was_approved_is_no_licence_for_much_more(home: Home, endpoint: Served) -> None:
    declared = webhook_sync(**CAREFUL)
    publish(home, people(20))
    sync(declared, home, endpoint.environment)
    publish(home, people(10))
    sync(declared, home, endpoint.environment)
    approve(declared, home)
    publish(home, people(2))
    assert sync(declared, home, endpoint.environment).status == "held"


def test_without_a_held_run_there_is_nothing_to_approve(home: Home, endpoint: Served) -> None:
    publish(home, people(3))
    sync(webhook_sync(), home, endpoint.environment)
    with pytest.raises(NothingHeld, match="was not held"):
        approve(webhook_sync(), home)


def test_an_audience_that_multiplies_is_held(home: Home, endpoint: Served) -> None:
    declared = webhook_sync(guards={"max_added_share": 1, "ignore_below": 1})
    publish(home, people(5))
    sync(declared, home, endpoint.environment)
    publish(home, people(11))
    assert sync(declared, home, endpoint.environment).status == "held"


def test_a_purpose_that_nobody_was_ever_asked_for_is_pointed_out(
    home: Home, endpoint: Served
) -> None:
    publish(home, people(20))
    sync(webhook_sync(), home, endpoint.environment)
    misspelt = webhook_sync(consent={"purpose": "marketting", "channel": "email"}, **CAREFUL)
    receipt = sync(misspelt, home, endpoint.environment)
    assert receipt.status == "held"
    assert receipt.reason is not None and "marketting by email" in receipt.reason


def test_a_sync_that_declares_no_consent_sends_nothing(home: Home, endpoint: Served) -> None:
    publish(home, people(4))
    receipt = sync(webhook_sync(consent=None), home, endpoint.environment)
    assert (receipt.withheld, receipt.sent, endpoint.requests) == (4, 0, 0)


def test_a_row_in_doubt_travels_again_under_the_same_key(home: Home, endpoint: Served) -> None:
    keys = "select row_key from activation.sync_state order by match_value"
    outbox = "select row_key from activation.sync_outbox order by match_value"
    declared: Sync = webhook_sync(limits=quick(attempts=1))
    publish(home, people(3))
    endpoint.order(next=["500_after"])
    assert sync(declared, home, endpoint.environment).in_doubt == 3
    doubted = rows(home, keys)
    assert len(set(doubted)) == 3
    endpoint.order(next=["500_after"])
    sync(declared, home, endpoint.environment)
    assert rows(home, keys) == doubted
    publish(home, [replace(person, first_name="Grace") for person in people(3)])
    endpoint.order(next=["500_after"])
    sync(declared, home, endpoint.environment)
    assert not set(rows(home, keys)) & set(doubted)
    assert rows(home, outbox) == []
