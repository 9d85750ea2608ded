"""When a sync must not send: no consent, ambiguous keys, guards."""

from dataclasses import replace

import duckdb
import pytest

from orchestration.activation.receipt import Receipt
from orchestration.activation.run import plan_only, sync
from orchestration.warehouse import Home
from tests.activation_world import (
    Person,
    Served,
    hubspot_sync,
    people,
    publish,
    rows,
)


def alter(home: Home, statement: str) -> None:
    with duckdb.connect(str(home.serving)) as connection:
        connection.execute(statement)


def nothing_left(receipt: Receipt, hubspot: Served) -> bool:
    return receipt.sent == 0 and receipt.requests == 0 and hubspot.requests == 0


def test_who_was_never_asked_or_said_no_is_withheld(home: Home, hubspot: Served) -> None:
    asked = people(4)
    publish(
        home, [asked[0], replace(asked[1], is_granted=False), replace(asked[2], is_granted=None)]
    )
    receipt = sync(hubspot_sync(), home, hubspot.environment)
    assert (receipt.audience, receipt.withheld, receipt.sent) == (3, 2, 1)
    assert set(hubspot.contacts()) == {"person00000@example.com"}


def test_a_yes_for_another_purpose_or_channel_is_no_yes(home: Home, hubspot: Served) -> None:
    publish(home, people(4))
    alter(home, "insert into customers.consents values ('c00000', 'profiling', 'email', false)")
    alter(home, "insert into customers.consents values ('c00000', 'marketing', 'sms', false)")
    for consent in (
        {"purpose": "profiling", "channel": "email"},
        {"purpose": "marketing", "channel": "sms"},
    ):
        receipt = sync(hubspot_sync(consent=consent), home, hubspot.environment)
        assert receipt.withheld == 4
        assert nothing_left(receipt, hubspot)


def test_a_no_outweighs_a_yes_for_the_same_person(home: Home, hubspot: Served) -> None:
    publish(home, people(2))
    alter(home, "insert into customers.consents values ('c00000', 'marketing', 'email', false)")
    alter(home, "insert into customers.consents values ('c00001', 'marketing', 'email', null)")
    assert sync(hubspot_sync(), home, hubspot.environment).withheld == 2


@pytest.mark.parametrize(
    "damage",
    [
        "drop table customers.consents",
        "alter table customers.consents drop is_granted",
        "alter table customers.consents drop channel",
        "alter table customers.consents alter is_granted type varchar",
    ],
)
def test_without_a_table_of_consents_to_trust_nothing_leaves(
    home: Home, hubspot: Served, damage: str
) -> None:
    publish(home, people(4))
    alter(home, damage)
    receipt = sync(hubspot_sync(), home, hubspot.environment)
    assert receipt.status == "refused"
    assert receipt.reason is not None and "customers.consents" in receipt.reason
    assert nothing_left(receipt, hubspot)
    assert plan_only(hubspot_sync(), home)[0].status == "refused"


def test_without_a_publication_nothing_leaves(home: Home, hubspot: Served) -> None:
    receipt = sync(hubspot_sync(), home, hubspot.environment)
    assert receipt.status == "refused"
    assert nothing_left(receipt, hubspot)


def test_a_column_that_is_not_published_is_named(home: Home, hubspot: Served) -> None:
    publish(home, people(1))
    declared = hubspot_sync(map={"email": "email", "firstname": "given_name"})
    receipt = sync(declared, home, hubspot.environment)
    assert receipt.status == "refused"
    assert receipt.reason is not None and "given_name" in receipt.reason


def test_keys_that_repeat_or_are_missing_stop_the_sync_with_their_number_and_a_sample(
    home: Home, hubspot: Served
) -> None:
    publish(home, [*people(3), people(3)[1]])
    alter(home, "insert into customers.customers by name select 'x@example.com' as email")
    receipt = sync(hubspot_sync(segment=None), home, hubspot.environment)
    assert receipt.status == "refused"
    assert receipt.reason is not None
    assert receipt.reason.startswith("2 values of customer_id")
    assert "c00001, null" in receipt.reason
    assert nothing_left(receipt, hubspot)


def test_a_guard_holds_its_own_sync_says_why_and_can_be_raised(home: Home, hubspot: Served) -> None:
    careful = hubspot_sync(guards={"ignore_below": 1})
    publish(home, people(10))
    sync(careful, home, hubspot.environment)
    publish(home, people(7))
    receipt = sync(careful, home, hubspot.environment)
    assert (receipt.status, receipt.sent) == ("held", 0)
    assert receipt.reason is not None
    assert "3 of 10" in receipt.reason and careful.file in receipt.reason
    other = hubspot_sync(name="other", guards={"max_first_run": 5, "ignore_below": 1})
    assert sync(other, home, hubspot.environment).status == "held"
    bolder = hubspot_sync(guards={"max_removed_share": 0.3, "ignore_below": 1})
    assert sync(bolder, home, hubspot.environment).removed == 3
    statuses = "select status from activation.sync_runs order by planned_at"
    assert rows(home, statuses) == [("settled",), ("held",), ("held",), ("settled",)]


def test_no_address_or_name_is_kept_in_a_doorway_of_the_ledger(home: Home, hubspot: Served) -> None:
    publish(home, [*people(3), Person("bad", "bad@@example.com", "Zebulon"), Person("none", None)])
    sync(hubspot_sync(), home, hubspot.environment)
    kept = str(
        [
            rows(home, f"select * from activation.{table}")
            for table in ("sync_runs", "sync_changes", "sync_rejections")
        ]
    )
    assert "@" not in kept and "Zebulon" not in kept
