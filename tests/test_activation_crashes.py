"""Kill -9 anywhere, run again: the destination ends as the model says, whatever was under way."""

import random
import shutil
import subprocess
import sys
from dataclasses import replace

import pytest

from orchestration.activation.declaration import Sync
from orchestration.activation.run import sync
from orchestration.warehouse import PROJECT, Home
from sandbox.vendors.webhook import Webhook
from tests.activation_world import (
    SECRET,
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

PEOPLE = 600
SLOW = quick(batch=20, requests_per_second=60, concurrency=3)


def killed(home: Home, declared: Sync, vendor: Served, where: str) -> bool:
    """Runs the sync until it is killed; whether it was killed at all."""
    file = home.root / "sync.json"
    file.write_text(declared.model_dump_json())
    child = subprocess.run(
        [sys.executable, "-m", "tests.activation_child", str(home.root), str(file), where],
        cwd=PROJECT,
        env=vendor.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert child.returncode in (0, -9), child.stderr
    return child.returncode == -9


def held(vendor: Served) -> dict[str, str]:
    """First names at the destination, of the contacts that have one."""
    contacts = vendor.contacts().items()
    return {email: fields["firstname"] for email, fields in contacts if "firstname" in fields}


def wanted(persons: list[Person]) -> dict[str, str]:
    return {str(person.email): person.first_name for person in persons if person.is_granted}


POINTS = ["sync_to_disk:1", "deliver:1", "record:9", "torn", "settle:1", "statement:1", "unlink:1"]


@pytest.mark.parametrize("where", POINTS)
def test_a_run_killed_at_any_step_is_finished_by_the_next(
    home: Home, hubspot: Served, where: str
) -> None:
    declared = hubspot_sync(limits=quick(batch=20))
    publish(home, people(PEOPLE))
    assert killed(home, declared, hubspot, where)
    remaining = [replace(person, first_name="Grace") for person in people(PEOPLE)[::3]]
    publish(home, remaining)
    receipt = sync(declared, home, hubspot.environment)
    assert receipt.status == "settled"
    assert held(hubspot) == wanted(remaining)
    state = "select customer_id from activation.sync_state where fields_hash is not null"
    assert {row[0] for row in rows(home, state)} == {person.customer_id for person in remaining}
    assert sync(declared, home, hubspot.environment).requests == 0


def test_kills_at_random_moments_and_a_failing_vendor_lose_nothing_and_leave_no_orphan(
    home: Home, hubspot: Served
) -> None:
    chance = random.Random(11)  # noqa: S311 - repeatable, not secret
    declared = hubspot_sync(limits=SLOW)
    faults = {"429": 0.03, "500_before": 0.03, "500_after": 0.03, "reset": 0.02, "garbage": 0.02}
    hubspot.order(seed=3, rates=faults)
    kills = 0
    for version in range(6):
        gone = version + 2
        persons = [
            replace(person, first_name=f"V{version}", is_granted=i % gone != 0)
            for i, person in enumerate(people(PEOPLE))
        ]
        publish(home, persons)
        kills += killed(home, declared, hubspot, str(chance.uniform(0.1, 0.9)))
    hubspot.order()
    sync(declared, home, hubspot.environment)
    receipt = sync(declared, home, hubspot.environment)
    assert kills >= 3
    assert (receipt.status, receipt.requests) == ("settled", 0)
    assert held(hubspot) == wanted(persons)


def test_a_killed_delivery_is_resumed_and_an_endpoint_that_heeds_keys_gets_each_row_once(
    home: Home,
) -> None:
    with served(Webhook(SECRET, UNLIMITED)) as endpoint:
        declared = webhook_sync(limits=SLOW)
        publish(home, people(PEOPLE))
        assert killed(home, declared, endpoint, "record:20")
        before = endpoint.requests
        receipt = sync(declared, home, endpoint.environment)
        received = [row["id"] for row in endpoint.gate.vendor.dump()["rows"]]
    assert len(received) == len(set(received)) == PEOPLE
    assert (receipt.status, receipt.unchanged) == ("settled", PEOPLE)
    assert endpoint.requests - before < PEOPLE / 20
    assert rows(home, "select status, sent from activation.sync_runs order by planned_at") == [
        ("settled", PEOPLE),
        ("settled", 0),
    ]


def test_what_a_killed_delivery_may_have_sent_stays_in_doubt_while_nobody_answers(
    home: Home,
) -> None:
    with served(Webhook(SECRET, UNLIMITED)) as endpoint:
        declared = webhook_sync(limits=SLOW | {"attempts": 1})
        publish(home, people(PEOPLE))
        assert killed(home, declared, endpoint, "record:20")
        nobody = endpoint.environment | {"WEBHOOK_URL": "http://127.0.0.1:1"}
        sync(declared, home, nobody)
        # A group of the journal is 16 lines, the first of them for the preparation.
        first = "select in_doubt, unsent from activation.sync_runs order by planned_at limit 1"
        assert rows(home, first) == [(PEOPLE - 15 * 20, 0)]
        publish(home, [])
        sync(declared, home, endpoint.environment)
        received = endpoint.gate.vendor.dump()["rows"]
    removed = [row["id"] for row in received if row["operation"] == "removed"]
    assert len(removed) == PEOPLE


def test_what_a_killed_run_set_out_to_send_is_in_doubt_if_it_is_lost_with_the_spool(
    home: Home,
) -> None:
    with served(Webhook(SECRET, UNLIMITED)) as endpoint:
        declared = webhook_sync(limits=SLOW)
        publish(home, people(PEOPLE))
        assert killed(home, declared, endpoint, "record:20")
        shutil.rmtree(home.spool)
        receipt = sync(declared, home, endpoint.environment)
    first = "select status, in_doubt, sent from activation.sync_runs order by planned_at limit 1"
    assert rows(home, first) == [("partial", PEOPLE, 0)]
    assert (receipt.status, receipt.sent) == ("settled", PEOPLE)


def test_a_delivery_is_not_resumed_once_something_else_is_published(home: Home) -> None:
    with served(Webhook(SECRET, UNLIMITED)) as endpoint:
        declared = webhook_sync(limits=SLOW)
        publish(home, people(PEOPLE))
        assert killed(home, declared, endpoint, "deliver:1")
        publish(home, [replace(person, is_granted=False) for person in people(PEOPLE)])
        sync(declared, home, endpoint.environment)
        received = endpoint.gate.vendor.dump()["rows"]
    assert {row["operation"] for row in received} == {"removed"}


def test_two_runs_of_one_sync_do_not_meet(home: Home, hubspot: Served) -> None:
    publish(home, people(PEOPLE))
    declared = hubspot_sync(limits=SLOW)
    file = home.root / "sync.json"
    file.write_text(declared.model_dump_json())
    command = [sys.executable, "-m", "tests.activation_child", str(home.root), str(file), "never"]
    first = subprocess.Popen(command, cwd=PROJECT, env=hubspot.environment)
    try:
        while not hubspot.requests:
            assert first.poll() is None
        receipt = sync(declared, home, hubspot.environment)
        assert (receipt.status, receipt.reason) == (
            "skipped",
            "another run of this sync is under way",
        )
        assert first.wait(timeout=60) == 0
    finally:
        first.kill()
        first.wait()
    assert len(hubspot.contacts()) == PEOPLE
