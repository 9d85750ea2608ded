"""Zendesk as a source: what its exports tell, and what they leave to the next one."""

import json
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest

from orchestration.sources.vendor import VendorError
from sandbox.vendors.limits import Limits, RollingLimit
from sandbox.vendors.zendesk import Zendesk
from tests.activation_world import UNLIMITED, Served, served
from tests.sources.installation import Installation, installed

SECRETS = {"ZENDESK_EMAIL": "agent@example.com", "ZENDESK_TOKEN": token_hex(8)}
OBJECTS: dict[str, dict[str, str | int]] = {
    name: {} for name in ("tickets", "users", "satisfaction_ratings")
}


@pytest.fixture
def desk() -> Zendesk:
    made = Zendesk(SECRETS, Limits(requests_second=UNLIMITED.requests_second))
    made.settling_seconds = -10_000
    made.exports = RollingLimit(10**6, 1)
    return made


@pytest.fixture
def address(desk: Zendesk) -> Iterator[Served]:
    with served(desk) as at:
        yield at


@pytest.fixture
def kith(tmp_path: Path, address: Served) -> Iterator[Installation]:
    environment = {"ZENDESK_URL": address.url, **SECRETS}
    with installed(tmp_path, "zendesk", OBJECTS, environment) as installation:
        yield installation


def content(row: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(row["record"])
    return found


def test_everything_arrives_once_and_then_exactly_what_changed(
    desk: Zendesk, kith: Installation
) -> None:
    ada, bob, cyd = desk.edit(
        "users", [{"name": n, "email": f"{n}@example.com"} for n in ("ada", "bob", "cyd")]
    )
    question = {"subject": "Broken", "description": "secret", "requester_id": int(ada)}
    first, second, third = desk.edit("tickets", [dict(question) for _ in range(3)])
    [rating] = desk.edit("satisfaction_ratings", [{"ticket_id": int(first), "comment": "secret"}])
    assert kith.collect() == {"tickets": 3, "users": 3, "satisfaction_ratings": 1}
    assert kith.collect() == {}
    assert not {"description", "via"} & kith.latest("tickets")[first][1].keys()
    assert "comment" not in kith.latest("satisfaction_ratings")[rating][1]

    desk.edit("tickets", [{"id": first, "status": "solved"}])
    desk.touch(second)  # a change of the system, of nothing that is collected
    desk.remove("tickets", [third])
    desk.merge(cyd, bob)
    assert kith.collect() == {"tickets": 2, "users": 1}
    tickets = kith.latest("tickets")
    assert (tickets[first][0], tickets[first][1]["status"]) == (False, "solved")
    assert tickets[first][1]["metric_set"]["solved_at"]
    assert tickets[third][0] is True
    assert kith.latest("users")[cyd][0] is True
    assert kith.collect() == {}


def test_a_ticket_of_the_last_minute_is_told_by_the_next_export(
    desk: Zendesk, kith: Installation
) -> None:
    state: dict[str, Any] = {}
    desk.edit("tickets", [{"subject": "Old"}])
    assert len(list(kith.read("tickets", state))) == 1
    desk.settling_seconds = 60
    desk.edit("tickets", [{"subject": "New"}])
    assert list(kith.read("tickets", state)) == []
    desk.settling_seconds = -10_000
    assert "New" in [content(row)["subject"] for row in kith.read("tickets", state)]


def test_a_cursor_loses_no_ticket_that_changes_while_pages_are_read(
    desk: Zendesk, kith: Installation, address: Served
) -> None:
    ids = desk.edit("tickets", [{"subject": str(n)} for n in range(2_100)])
    address.order(next=["429", "500_after"])
    rows = kith.read("tickets")
    first = next(rows)
    desk.edit("tickets", [{"id": ids[0], "subject": "again"}])
    found = [first, *rows]
    assert {row["record_id"] for row in found} == set(ids)
    assert content(found[-1])["subject"] == "again"


def test_the_eleventh_export_of_a_minute_waits(desk: Zendesk, kith: Installation) -> None:
    desk.edit("users", [{"name": str(n)} for n in range(2_100)])
    desk.exports = RollingLimit(2, 0.2)
    assert len(list(kith.read("users"))) == 2_100


def test_ratings_come_in_pages(desk: Zendesk, kith: Installation) -> None:
    desk.edit("satisfaction_ratings", [{"score": "good"} for _ in range(150)])
    assert len(list(kith.read("satisfaction_ratings"))) == 150


def test_a_wrong_token_ends_the_reading(
    kith: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZENDESK_TOKEN", "wrong")
    with pytest.raises(VendorError, match="zendesk answered 401 to GET /api/v2/incremental"):
        list(kith.read("users"))


def test_a_field_that_is_new_or_of_another_type_is_kept(desk: Zendesk, kith: Installation) -> None:
    desk.edit("tickets", [{"subject": {"new": 1}, "satisfaction_rating": "unoffered", "more": [1]}])
    [row] = kith.read("tickets")
    assert (content(row)["subject"], content(row)["more"]) == ({"new": 1}, [1])
