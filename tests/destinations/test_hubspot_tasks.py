"""A task for the people who work in HubSpot, once for each time somebody enters a segment."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from orchestration.activation.declaration import Sync
from orchestration.activation.run import sync
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

COLUMNS = {"email": "email", "hs_task_subject": "first_name"}


@pytest.fixture
def portal() -> Iterator[Served]:
    """A portal that knows four people."""
    hubspot = HubSpot(TOKEN, None, UNLIMITED)
    hubspot.edit("contacts", [{"properties": {"email": p.email}} for p in people(4)])
    with served(hubspot) as vendor:
        yield vendor


def tasks_sync(**changes: object) -> Sync:
    return hubspot_sync(**{"mode": "append", "object": "tasks", "map": COLUMNS} | changes)


def tasks(portal: Served) -> list[tuple[str, str]]:
    """Subject of each task, and the address of the contact that it is about."""
    dump: dict[str, Any] = portal.gate.vendor.dump()
    found = []
    for task in dump["tasks"].values():
        record = portal.gate.vendor.objects["tasks"].table.records[task["id"]]  # type: ignore[attr-defined]  # the emulator of this test
        [linked] = record.associations["contacts"]["results"]
        contact = dump["contacts"][linked["id"]]
        if not task["archived"]:
            found.append((task["properties"]["hs_task_subject"], contact["properties"]["email"]))
    return sorted(found)


def test_who_enters_gets_a_task_once_and_again_only_when_they_come_back(
    tmp_path: Path, portal: Served
) -> None:
    home, declared = Home(tmp_path), tasks_sync()
    for is_member in (True, True, False, True):
        publish(home, [*people(2), replace(people(3)[2], is_member=is_member)])
        sync(declared, home, portal.environment)
    made = [("Ada", str(p.email)) for p in people(3)]
    assert tasks(portal) == sorted([*made, made[2]])


def test_who_is_no_contact_gets_no_task_and_the_others_do(tmp_path: Path, portal: Served) -> None:
    home = Home(tmp_path)
    publish(home, [*people(2), Person("c90000", "stranger@example.com")])
    receipt = sync(tasks_sync(), home, portal.environment)
    assert (receipt.sent, receipt.rejected, len(tasks(portal))) == (2, 1, 2)
    assert rows(home, "select code from activation.sync_rejections") == [("not_in_hubspot",)]


def test_a_task_is_not_made_twice_within_a_run_after_a_lost_answer(
    tmp_path: Path, portal: Served
) -> None:
    home = Home(tmp_path)
    publish(home, people(2))
    portal.order(rates={"reset_after": 1.0}, only="/crm/v3/objects/tasks")
    receipt = sync(tasks_sync(limits=quick(attempts=5)), home, portal.environment)
    assert (receipt.in_doubt, len(tasks(portal))) == (2, 2)


def test_who_leaves_takes_the_task_along_if_the_sync_says_so(
    tmp_path: Path, portal: Served
) -> None:
    home, declared = Home(tmp_path), tasks_sync(on_leave="delete")
    publish(home, people(3))
    sync(declared, home, portal.environment)
    publish(home, people(1))
    sync(declared, home, portal.environment)
    assert tasks(portal) == [("Ada", "person00000@example.com")]
