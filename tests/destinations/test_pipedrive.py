"""What is special about Pipedrive: one person at a time, searched for once, and made once."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from orchestration.warehouse import Home
from sandbox.vendors.limits import Limits
from sandbox.vendors.pipedrive import CITY, PATH, REVENUE, USER_ID, Pipedrive
from tests.activation_world import Person, people, quick, rows, served
from tests.destinations.case import renamed
from tests.destinations.cases.pipedrive import SYNC, case
from tests.destinations.test_every_destination import At

NOTHING_WRONG = "slow"


@contextmanager
def company(
    path: Path,
    tokens: int = 30_000,
    **more: Any,  # noqa: ANN401 - whatever an exposure may declare
) -> Iterator[tuple[At, Pipedrive]]:
    """A sync to an empty company with so many tokens a day."""
    one = case("pipedrive", **more)
    secrets = one.secrets()
    vendor = Pipedrive(secrets, Limits(requests_second=1_000_000, pipedrive_day_tokens=tokens))
    with served(vendor) as address:
        yield At(one, Home(path), address, secrets), vendor


def made(at: At, vendor: Pipedrive, *addresses: str) -> int:
    """A person with these addresses whom somebody in the company has made; returns the id."""
    emails = [{"value": address} for address in addresses]
    before = {"name": "Somebody", "emails": emails, "label_ids": [7]}
    headers = {"x-api-token": at.environment["PIPEDRIVE_TOKEN"]}
    reply = httpx.post(at.vendor.url + PATH, json=before, headers=headers)
    vendor.new_day()
    return int(reply.raise_for_status().json()["data"]["id"])


def requests(at: At) -> dict[str, int]:
    """How often each method was asked."""
    counted: dict[str, int] = {}
    for asked, times in at.vendor.gate.requests.items():
        method = asked.split(" ")[0]
        counted[method] = counted.get(method, 0) + times
    return counted


def test_a_person_is_searched_for_once_and_known_by_id_from_then_on(tmp_path: Path) -> None:
    with company(tmp_path) as (at, vendor):
        at.run(people(2))
        assert (requests(at), vendor.tokens) == ({"GET": 2, "POST": 2}, 30_000 - 2 * 25)
        vendor.new_day()
        at.run([renamed(person) for person in people(2)])
        assert (requests(at), vendor.tokens) == (
            {"GET": 2, "POST": 2, "PATCH": 2},
            30_000 - 2 * 5,
        )


def test_what_a_new_person_and_a_known_one_are_sent(tmp_path: Path) -> None:
    fields = {**SYNC["map"], "phone": "first_name"}
    with company(tmp_path, map=fields) as (at, vendor):
        known = made(at, vendor, "PERSON00001@example.com", "own@example.com")
        at.run(people(2))
        person = vendor.persons[known]
        addresses = [entry["value"] for entry in person["emails"]]
        assert addresses == ["PERSON00001@example.com", "own@example.com"]
        assert person["label_ids"] == [7]
        assert person["custom_fields"] == {REVENUE: 100, CITY: "Berlin", USER_ID: None}
        new = next(p for key, p in vendor.persons.items() if key != known)
        assert new["emails"] == [
            {"value": "person00000@example.com", "primary": True, "label": "work"}
        ]
        assert new["phones"] == [{"value": "Ada", "primary": True, "label": "work"}]


def test_of_several_persons_with_one_address_the_first_is_written(tmp_path: Path) -> None:
    with company(tmp_path) as (at, vendor):
        first, second = (made(at, vendor, "person00000@example.com") for _ in range(2))
        at.run(people(1))
        assert vendor.persons[first]["name"] == "Ada"
        assert vendor.persons[second]["name"] == "Somebody"


@pytest.mark.parametrize("fault", ["500_after", "reset_after"])
def test_nobody_is_made_twice_when_the_answer_is_lost(tmp_path: Path, fault: str) -> None:
    with company(tmp_path) as (at, vendor):
        at.vendor.order(next=[NOTHING_WRONG, fault], slow_seconds=0)
        assert at.run(people(1)).in_doubt == 1
        assert at.run(people(1)).sent == 1
        assert len(vendor.persons) == 1


@pytest.mark.parametrize("fault", ["garbage", "empty"])
def test_a_search_that_cannot_be_read_makes_nobody(tmp_path: Path, fault: str) -> None:
    with company(tmp_path) as (at, vendor):
        made(at, vendor, "person00000@example.com")
        at.vendor.order(next=[fault])
        assert at.run(people(1)).in_doubt == 1
        assert at.run(people(1)).sent == 1
        assert len(vendor.persons) == 1


def test_a_burst_too_many_is_waited_out(tmp_path: Path) -> None:
    with company(tmp_path) as (at, _):
        at.vendor.order(next=["429"])
        assert at.run(people(1)).sent == 1


def test_a_day_without_tokens_ends_the_run_and_the_next_day_goes_on(tmp_path: Path) -> None:
    with company(tmp_path, tokens=70, limits=quick(batch=1, concurrency=1)) as (at, vendor):
        receipt = at.run(people(6))
        assert (receipt.sent, receipt.unsent) == (2, 4)
        assert receipt.requests == 6
        assert str(receipt.reason).startswith("answers 429 and asks to wait")
        for day in (2, 2, 0):
            vendor.new_day()
            assert at.run(people(6)).sent == day
        assert len(vendor.persons) == 6


def test_who_was_deleted_there_is_made_again_or_stays_gone(tmp_path: Path) -> None:
    with company(tmp_path) as (at, vendor):
        at.run(people(2))
        for person in vendor.persons.values():
            person["is_deleted"] = True
        changed, leaver = people(2)
        receipt = at.run([renamed(changed), replace(leaver, is_granted=False)])
        assert (receipt.sent, receipt.rejected) == (2, 0)
        assert [person["is_deleted"] for person in vendor.persons.values()] == [True, True, False]


@pytest.mark.parametrize("leave", ["clear", "delete"])
def test_who_may_have_arrived_unnoticed_is_searched_for_before_taken_back(
    tmp_path: Path, leave: str
) -> None:
    with company(tmp_path, on_leave=leave) as (at, vendor):
        at.vendor.order(next=[NOTHING_WRONG, "reset_after"], slow_seconds=0)
        assert at.run(people(1)).in_doubt == 1
        assert len(at.held()) == 1
        assert at.run([replace(person, is_granted=False) for person in people(1)]).sent == 1
        assert at.held() == {}
        [person] = vendor.persons.values()
        assert person["name"] == "Ada"
        assert person["is_deleted"] is (leave == "delete")


def test_what_the_company_does_not_know_is_refused_by_name(tmp_path: Path) -> None:
    with company(tmp_path, map={**SYNC["map"], "f" * 40: "city"}) as (at, _):
        at.run([Person("c1", "ada@example.com")])
        [(code, words)] = rows(at.home, "select code, message from activation.sync_rejections")
        assert code == "ERR_SCHEMA_VALIDATION_FAILED"
        assert words.startswith("Validation failed: custom_fields.f")
