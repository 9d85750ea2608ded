"""Any history of the model, any faults, any kills: one clean run later the vendor says the same."""

import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from orchestration.activation.run import sync
from orchestration.warehouse import Home
from sandbox.vendors.webhook import Webhook
from tests.activation_world import (
    SECRET,
    UNLIMITED,
    Person,
    people,
    publish,
    quick,
    rows,
    served,
    webhook_sync,
)
from tests.destinations.case import Case, vendor_of
from tests.destinations.killed import killed_run
from tests.destinations.test_every_destination import CASES
from tests.effort import scaled

FAULTS = {
    "401": 0.01,
    "403": 0.01,
    "429": 0.04,
    "500_before": 0.04,
    "500_after": 0.04,
    "503": 0.02,
    "garbage": 0.02,
    "empty": 0.02,
    "reset": 0.02,
    "reset_after": 0.02,
    "slow": 0.01,
}


def history(chance: random.Random, version: int, count: int) -> list[Person]:
    """Some of these people, some under a new name, some without a yes, some out of the segment."""
    chosen = []
    for person in people(count):
        fate = chance.random()
        named = replace(person, first_name=f"V{version:03}") if fate < 0.5 else person
        if fate < 0.08:
            named = replace(named, is_granted=chance.choice([False, None]))
        elif fate > 0.93:
            named = replace(named, is_member=False)
        if chance.random() > 0.1:
            chosen.append(named)
    return chosen


def faults(chance: random.Random) -> dict[str, object]:
    """A vendor's bad day: every fault as likely as usual, or up to three times that."""
    strength = chance.choice([0, 1, 3])
    return {
        "seed": chance.randrange(1_000_000),
        "rates": {name: rate * strength for name, rate in FAULTS.items()},
        "slow_seconds": 0.6,
    }


LIMITS = quick(batch=10, timeout_seconds=0.4, requests_per_second=300, concurrency=3, attempts=3)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_vendor_ends_as_the_model_says(
    case: Case, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    chance = random.Random(case.name)  # noqa: S311 - repeatable, not secret
    home, secrets, kills = Home(tmp_path), case.secrets(), 0
    batch = min(10, case.declared().offer.batch)
    declared = case.declared(limits=LIMITS | {"batch": batch})
    with served(vendor_of(case, secrets)) as vendor:
        environment = case.environment(vendor, secrets)
        # Who is to be in a list must be known to the vendor, and the cases make only some known.
        count = 12 if declared.mode == "audience" else 8 * batch
        for version in range(scaled(2)):
            persons = [*history(chance, version, count), case.bad]
            publish(home, persons)
            vendor.order(**faults(chance))
            kills += killed_run(declared, home, environment, chance.uniform(0.05, 0.8))
        vendor.order()
        receipts = [sync(declared, home, environment) for _ in range(3)]
        assert case.held(vendor.gate.vendor.dump()) == case.expected(persons)
    refused = "select customer_id, code from activation.sync_rejections where is_open"
    assert rows(home, refused) == [(case.bad.customer_id, case.code)]
    last = receipts[-1]
    record_property("kills", kills)
    assert (last.unchanged, last.sent, last.in_doubt) == (len(case.expected(persons)), 0, 0)


def test_rows_arrive_in_order_in_batches_that_fit_and_not_much_oftener_than_once(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    chance = random.Random(7)  # noqa: S311 - repeatable, not secret
    home, kills = Home(tmp_path), 0
    declared = webhook_sync(limits=LIMITS, mode="mirror")
    with served(Webhook(SECRET, UNLIMITED)) as endpoint:
        for version in range(scaled(12)):
            persons = history(chance, version, 150)
            publish(home, persons)
            endpoint.order(**faults(chance))
            kills += killed_run(declared, home, endpoint.environment, chance.uniform(0.05, 0.7))
        endpoint.order()
        sync(declared, home, endpoint.environment)
        final = sync(declared, home, endpoint.environment)
        deliveries = endpoint.gate.vendor.dump()
    received = deliveries["rows"]
    by_person: dict[str, list[str]] = defaultdict(list)
    for row in received:
        by_person[row["id"]].append(row.get("fields", {}).get("firstname", "gone"))
    wanted = {p.customer_id: p.first_name for p in persons if p.is_granted and p.is_member}
    assert (final.status, final.requests) == ("settled", 0)
    assert {k: names[-1] for k, names in by_person.items() if names[-1] != "gone"} == wanted
    for names in by_person.values():
        versions = [name for name in names if name.startswith("V")]
        assert all(earlier <= later for earlier, later in pairwise(versions))
    assert max(deliveries["keys"].values()) <= 10
    changes = rows(home, "select count(*) from activation.sync_changes")[0][0]
    doubts = rows(home, "select coalesce(sum(in_doubt), 0) from activation.sync_runs")[0][0]
    assert len(received) <= changes + doubts
    record_property("kills", kills)
    assert kills >= scaled(4)
