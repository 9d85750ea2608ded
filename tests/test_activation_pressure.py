"""Nobody is written to more often than the rules allow, whoever they were and are by now."""

from dataclasses import replace
from datetime import datetime, timedelta

from orchestration.activation.receipt import Receipt
from orchestration.activation.run import sync
from orchestration.warehouse import Home
from tests.activation_world import (
    Served,
    into,
    merged,
    people,
    publish,
    rows,
    webhook_sync,
)


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
