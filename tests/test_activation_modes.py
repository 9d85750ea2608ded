"""What is told once, who was written to often enough, whom a merge renames, who lets out."""

from dataclasses import replace

import pytest

from orchestration.activation.declaration import Sync
from orchestration.activation.run import plan_only, sync
from orchestration.warehouse import Home
from tests.activation_world import (
    Person,
    Served,
    hubspot_sync,
    into,
    merged,
    people,
    publish,
    quick,
    rows,
    webhook_sync,
)


def told(vendor: Served) -> list[tuple[str, str]]:
    """What the endpoint heard, in order: operation and customer."""
    return [(row["operation"], row["id"]) for row in vendor.gate.vendor.dump()["rows"]]


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


def test_an_id_whose_founder_names_nobody_any_more_goes_to_the_largest_heir(
    home: Home, endpoint: Served
) -> None:
    declared = webhook_sync(mode="append")
    publish(home, people(3)[2:])
    sync(declared, home, endpoint.environment)
    publish(home, people(2))
    into(home, "identity.customer_ids", ("c00000", "c00000"), ("c00001", "c00001"))
    heirs = (("c00002", "c00000", 1), ("c00002", "c00001", 5))
    into(home, "identity.customer_id_history", *heirs)
    sync(declared, home, endpoint.environment)
    assert told(endpoint) == [("added", "c00002"), ("added", "c00000")]


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


def test_a_sync_that_declares_no_consent_sends_nothing(home: Home, endpoint: Served) -> None:
    publish(home, people(4))
    declared = webhook_sync(consent=None)
    receipt = sync(declared, home, endpoint.environment)
    assert (receipt.withheld, receipt.sent, endpoint.requests) == (4, 0, 0)
    planned, _ = plan_only(declared, home)
    assert planned.reason is not None and "declares no consent" in planned.reason


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


@pytest.mark.parametrize("is_retired", [False, True])
def test_who_is_twice_among_those_a_sync_is_no_longer_about_is_removed_once(
    home: Home, endpoint: Served, is_retired: bool
) -> None:
    publish(home, people(1))
    sync(webhook_sync(), home, endpoint.environment)
    publish(home, 2 * away(people(1), 0))
    receipt = sync(webhook_sync(is_retired=is_retired), home, endpoint.environment)
    assert (receipt.removed, receipt.sent) == (1, 1)
    assert told(endpoint) == [("added", "c00000"), ("removed", "c00000")]
