"""From a segment to the vendor: who joins, changes, leaves, withdraws; refusals and faults."""

import pkgutil
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

from orchestration.activation.receipt import Receipt
from orchestration.activation.run import sync
from orchestration.destinations import kinds
from orchestration.warehouse import Home
from tests.activation_world import Person, Served, people, publish, rows, served
from tests.destinations import cases
from tests.destinations.case import Case, Held, renamed, vendor_of

MODULES = [
    import_module(f"{cases.__name__}.{m.name}") for m in pkgutil.iter_modules(cases.__path__)
]
CASES: list[Case] = [case for module in MODULES for case in module.CASES]
# These have no vendor behind an address, and tests of their own.
ELSEWHERE = {"file", "optimove", "postgres", "s3", "webhook"}


class At:
    """One case at work: a home, an emulator, and what the sync needs to reach it."""

    def __init__(self, case: Case, home: Home, vendor: Served, secrets: dict[str, str]) -> None:
        self.case = case
        self.home = home
        self.vendor = vendor
        self.environment = case.environment(vendor, secrets)

    def run(self, persons: list[Person]) -> Receipt:
        """Publishes these people and syncs; once more where the vendor answers later."""
        publish(self.home, persons)
        receipt = sync(self.case.declared(), self.home, self.environment)
        if self.case.answers_later:
            sync(self.case.declared(), self.home, self.environment)
        return receipt

    def held(self) -> Held:
        """What the vendor holds."""
        return self.case.held(self.vendor.gate.vendor.dump())


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def at(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[At]:
    case: Case = request.param
    secrets = case.secrets()
    with served(vendor_of(case, secrets)) as vendor:
        yield At(case, Home(tmp_path), vendor, secrets)


def test_who_joins_changes_leaves_and_withdraws_is_so_at_the_vendor(at: At) -> None:
    persons = people(12)
    at.run(persons)
    assert at.held() == at.case.expected(persons)
    persons = [
        *map(renamed, persons[:3]),
        *persons[3:8],
        replace(persons[8], is_member=False),
        replace(persons[9], is_granted=False),
        replace(persons[10], is_granted=None),
        Person("c00099", "newcomer@example.com", "Alan"),
    ]
    at.run(persons)
    assert at.held() == at.case.expected(persons)


def test_a_second_run_with_nothing_new_asks_for_nothing(at: At) -> None:
    at.run(people(7))
    before = at.vendor.requests
    receipt = at.run(people(7))
    assert (receipt.requests, at.vendor.requests - before) == (0, 0)
    assert receipt.unchanged == 7


def test_a_row_that_the_vendor_refuses_is_named_and_the_others_arrive(at: At) -> None:
    persons = [*people(7), at.case.bad]
    at.run(persons)
    assert at.held() == at.case.expected(persons)
    query = "select customer_id, code from activation.sync_rejections where is_open"
    assert rows(at.home, query) == [(at.case.bad.customer_id, at.case.code)]


def test_nothing_reaches_the_vendor_without_a_yes(at: At) -> None:
    persons = [
        replace(person, is_granted=False if i % 2 else None) for i, person in enumerate(people(6))
    ]
    receipt = at.run(persons)
    assert (receipt.withheld, at.vendor.requests, at.held()) == (6, 0, {})


@pytest.mark.parametrize("fault", ["429", "500_after", "garbage"])
def test_after_a_fault_and_one_clean_run_the_vendor_is_right(at: At, fault: str) -> None:
    persons = people(12)
    at.vendor.order(next=[fault, fault, fault])
    at.run(persons)
    at.vendor.order()
    persons = [*map(renamed, persons[:6]), *persons[6:10]]
    at.run(persons)
    at.run(persons)
    assert at.held() == at.case.expected(persons)


def test_every_kind_of_destination_has_a_case() -> None:
    covered = {str(case.sync["destination"]) for case in CASES}
    assert covered | ELSEWHERE == set(kinds())
