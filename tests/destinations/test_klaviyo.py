"""What Klaviyo has of its own: jobs that empty nothing, and errors that come in pages."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from secrets import token_hex
from typing import Any

import httpx
import pytest

from orchestration.activation.receipt import Receipt
from orchestration.activation.run import sync
from orchestration.destinations.klaviyo import Klaviyo as Destination
from orchestration.destinations.klaviyo.answers import told
from orchestration.destinations.protocol import Batch, BatchRefused, Row
from orchestration.warehouse import Home
from sandbox.vendors.klaviyo.app import Klaviyo
from tests.activation_world import UNLIMITED, Person, Served, people, publish, quick, rows, served
from tests.destinations.cases.klaviyo import CASES

PROFILES, MEMBERS = CASES
FIELDS = {
    "email": "email",
    "first_name": "first_name",
    "location.city": "city",
    "properties.kith_city": "city",
}


class At:
    """An account at work."""

    def __init__(self, home: Home, vendor: Served, account: Klaviyo, key: str) -> None:
        self.home = home
        self.vendor = vendor
        self.account = account
        self.environment = {"KLAVIYO_URL": vendor.url, "KLAVIYO_API_KEY": key}

    def run(self, persons: list[Person], **changes: object) -> Receipt:
        """Publishes these people, syncs, and lets the next run ask about the jobs."""
        publish(self.home, persons)
        declared = PROFILES.declared(**{"map": FIELDS, **changes})
        receipt = sync(declared, self.home, self.environment)
        sync(declared, self.home, self.environment)
        return receipt

    @property
    def profiles(self) -> dict[str, dict[str, Any]]:
        """Profiles by address."""
        return {profile["email"]: profile for profile in self.account.profiles.values()}

    @property
    def rejected(self) -> list[tuple[Any, ...]]:
        """Who was refused, and why."""
        query = "select customer_id, code from activation.sync_rejections where is_open order by 1"
        return rows(self.home, query)


@pytest.fixture
def at(tmp_path: Path) -> Iterator[At]:
    key = token_hex(8)
    account = Klaviyo({"KLAVIYO_API_KEY": key}, UNLIMITED)
    with served(account) as vendor:
        yield At(Home(tmp_path), vendor, account, key)


def without_a_city(person: Person) -> Person:
    nothing: Any = None
    return replace(person, city=nothing)


def test_a_value_that_was_lost_is_lost_at_klaviyo_too(at: At) -> None:
    at.run(people(3))
    at.run([without_a_city(people(3)[0]), *people(3)[1:]])
    emptied, kept = (at.profiles[f"person0000{i}@example.com"] for i in (0, 1))
    assert (emptied["location"], emptied["properties"]) == ({"city": None}, {})
    assert (kept["location"], kept["properties"]) == ({"city": "Berlin"}, {"kith_city": "Berlin"})


def test_a_removal_empties_what_is_ours_and_nothing_else(at: At) -> None:
    at.run(people(2))
    profile = at.profiles["person00000@example.com"]
    profile["last_name"], profile["properties"]["theirs"] = "Lovelace", 1
    at.run(people(2)[1:])
    assert at.profiles["person00000@example.com"] == {
        "email": "person00000@example.com",
        "first_name": None,
        "last_name": "Lovelace",
        "location": {"city": None},
        "properties": {"theirs": 1},
    }


def test_a_profile_that_somebody_deleted_is_not_brought_back_by_a_removal(at: At) -> None:
    at.run(people(2))
    at.account.profiles.clear()
    receipt = at.run([replace(person, is_granted=False) for person in people(2)])
    assert (receipt.status, receipt.sent, at.account.profiles) == ("settled", 2, {})


def test_errors_on_several_pages_name_all_who_were_refused(at: At) -> None:
    at.account.page = 2
    bad = [Person(f"c9000{i}", f"nobody{i}") for i in range(5)]
    at.run([*people(4), *bad], limits=quick(batch=100))
    assert at.rejected == [(person.customer_id, "invalid") for person in bad]
    assert len(at.profiles) == 4


def test_a_job_under_way_is_asked_about_by_every_run_until_it_is_done(at: At) -> None:
    at.account.slow = 2
    at.run(people(3))
    pending = "select status, pending from activation.sync_runs where added > 0"
    assert rows(at.home, pending) == [("pending", 3)]
    at.run(people(3))
    assert rows(at.home, pending) == [("settled", 0)]


def test_a_thousand_profiles_travel_in_one_job(at: At) -> None:
    at.run(people(1_100), limits=quick(timeout_seconds=30))
    assert sorted(job.total for job in at.account.jobs.values()) == [100, 1_000]
    assert len(at.profiles) == 1_100


def test_a_job_of_too_many_bytes_is_divided_before_it_is_sent() -> None:
    destination = Destination("http://klaviyo", "key", PROFILES.declared())
    large = json.dumps({"email": "a@b.io", "first_name": "x" * 3_000_000})
    made = tuple(Row(i, "added", f"c{i}", "a@b.io", large) for i in range(2))
    with pytest.raises(BatchRefused, match="too_large"):
        next(destination.deliver(Batch("run:0", made)))
    assert len(next(destination.deliver(Batch("run:0", made[:1]))).content) < 5_000_000


def test_failures_that_are_not_all_named_leave_the_others_in_doubt() -> None:
    sent = [Row(i, "added", f"c{i}", f"p{i}@b.io", "{}") for i in range(3)]
    payload = {"type": "profile", "attributes": {"email": "P1@b.io"}}
    named = {"attributes": {"code": "invalid", "original_payload": payload}}
    nameless = {"attributes": {"code": "invalid", "original_payload": None}}
    assert {o.position: o.status for o in told([named], 1, sent, "email")} == {
        0: "sent",
        1: "rejected",
        2: "sent",
    }
    assert {o.position: o.status for o in told([named, nameless], 2, sent, "email")} == {
        1: "rejected"
    }


def test_errors_are_read_from_klaviyos_address_only() -> None:
    destination = Destination("http://klaviyo", "key", PROFILES.declared())
    batch = Batch("run:0", (Row(0, "added", "c0", "a@b.io", ""),))
    exchange = destination.poll("job1", batch)
    request = next(exchange)
    job = {"data": {"attributes": {"status": "complete", "failed_count": 1}}}
    request = exchange.send(httpx.Response(200, json=job))
    assert request.url.host == "klaviyo"
    page = {"data": [], "links": {"next": "http://elsewhere/api/errors"}}
    with pytest.raises(StopIteration) as end:
        exchange.send(httpx.Response(200, json=page))
    assert end.value.value == []


def test_nothing_but_the_address_travels_into_a_list(at: At) -> None:
    publish(at.home, people(1))
    sync(MEMBERS.declared(map=FIELDS), at.home, at.environment)
    address = "person00000@example.com"
    assert at.profiles == {address: {"email": address, "properties": {}}}
