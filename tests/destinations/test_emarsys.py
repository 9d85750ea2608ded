"""What is special about Emarsys: refusals by value, contacts that are gone, contact lists."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from orchestration.warehouse import Home
from sandbox.vendors.emarsys import Emarsys
from tests.activation_world import UNLIMITED, people, quick, rows, served
from tests.destinations.case import Case
from tests.destinations.cases.emarsys import (
    CASES,
    CONTACTS,
    EMAIL,
    FIRST_NAME,
    contacts,
    members,
)
from tests.destinations.test_every_destination import At
from tests.destinations.wire import asked, batch, body, destination, row, statuses

LIST = next(case for case in CASES if case.sync["mode"] == "audience")
CLEARED = replace(CONTACTS, sync={**CONTACTS.sync, "on_leave": "clear"})


def at(case: Case, path: Path) -> Iterator[tuple[At, Emarsys]]:
    """A sync to an account of its own."""
    secrets = case.secrets()
    account = case.emulated.make(secrets, UNLIMITED)
    assert isinstance(account, Emarsys)
    with served(account) as vendor:
        yield At(case, Home(path), vendor, secrets), account


@pytest.fixture
def cleared(tmp_path: Path) -> Iterator[tuple[At, Emarsys]]:
    yield from at(CLEARED, tmp_path)


@pytest.fixture
def listed(tmp_path: Path) -> Iterator[tuple[At, Emarsys]]:
    yield from at(LIST, tmp_path)


def test_contacts_go_by_numeric_fields_and_are_named_by_their_value_if_refused() -> None:
    errors = {"b@example.com": {"2010": "More contacts found"}}
    data = {"ids": ["1"], "errors": errors}
    answer = httpx.Response(200, json={"replyCode": 0, "replyText": "OK", "data": data})
    rows = batch(
        row(0, "a@example.com", "added", **{EMAIL: "a@example.com", FIRST_NAME: "Ada"}),
        row(1, "b@example.com", "added", **{EMAIL: "b@example.com", FIRST_NAME: "Bo"}),
    )
    requests, outcomes = asked(destination(CONTACTS), rows, [answer])
    assert requests[0].method == "PUT"
    assert requests[0].url.raw_path == b"/api/v2/contact/?create_if_not_exists=1"
    assert body(requests[0]) == {
        "key_id": EMAIL,
        "contacts": [
            {EMAIL: "a@example.com", FIRST_NAME: "Ada"},
            {EMAIL: "b@example.com", FIRST_NAME: "Bo"},
        ],
    }
    assert statuses(outcomes) == {0: "sent", 1: "rejected"}
    assert (outcomes[1].code, outcomes[1].message) == ("2010", "More contacts found")


def test_a_200_that_is_no_success_leaves_all_in_doubt() -> None:
    answer = httpx.Response(200, json={"replyCode": 2004, "replyText": "Invalid key", "data": ""})
    assert asked(destination(CONTACTS), batch(row(0, "a@example.com")), [answer])[1] == []


def test_a_deletion_names_the_values_under_the_number_of_their_field() -> None:
    answer = httpx.Response(200, json={"replyCode": 0, "data": {"errors": []}})
    leavers = batch(row(0, "a@example.com", "removed"), row(1, "b@example.com", "removed"))
    requests, _ = asked(destination(CONTACTS), leavers, [answer])
    assert requests[0].url.path == "/api/v2/contact/delete"
    assert body(requests[0]) == {"key_id": EMAIL, EMAIL: ["a@example.com", "b@example.com"]}


def test_who_is_cleared_keeps_the_address_only(cleared: tuple[At, Emarsys]) -> None:
    sync, account = cleared
    persons = people(6)
    sync.run(persons)
    sync.run([*persons[:4], replace(persons[4], is_granted=False)])
    assert contacts(account.dump()) == CLEARED.expected(persons[:4])
    assert len(account.contacts) == 6


def test_who_is_no_contact_any_more_is_neither_cleared_nor_created(
    cleared: tuple[At, Emarsys],
) -> None:
    sync, account = cleared
    sync.run(people(6))
    account.contacts.clear()
    receipt = sync.run(people(5))
    assert (receipt.removed, receipt.rejected, account.contacts) == (1, 0, {})


def test_who_leaves_a_list_stays_a_contact(listed: tuple[At, Emarsys]) -> None:
    sync, account = listed
    persons = people(6)
    sync.run(persons)
    sync.run([*persons[:4], replace(persons[4], is_granted=False)])
    assert members(account.dump()) == LIST.expected(persons[:4])
    assert len(account.contacts) == 13


def test_mode_update_creates_nobody(cleared: tuple[At, Emarsys]) -> None:
    sync, account = cleared
    account.create({EMAIL: "person00001@example.com"})
    sync.case = replace(CLEARED, sync={**CLEARED.sync, "mode": "update", "on_leave": None})
    assert sync.run(people(3)).sent == 1
    open_codes = "select distinct code from activation.sync_rejections where is_open"
    assert rows(sync.home, open_codes) == [("2008",)]
    assert contacts(account.dump()) == {"person00001@example.com": "Ada"}


def test_a_wrong_secret_stops_the_sync(cleared: tuple[At, Emarsys]) -> None:
    sync, account = cleared
    sync.environment.update(CLEARED.secrets())
    receipt = sync.run(people(3))
    assert "401" in str(receipt.reason)
    assert (receipt.sent, account.contacts) == (0, {})


def test_no_request_has_more_than_1000_contacts(cleared: tuple[At, Emarsys]) -> None:
    sync, _ = cleared
    sync.case = replace(CLEARED, sync={**CLEARED.sync, "limits": quick()})
    receipt = sync.run(people(1500))
    assert (receipt.sent, receipt.rejected, receipt.requests) == (1500, 0, 2)
