"""Pipedrive as a source: what its lists tell, and what only a scan of everything finds."""

import json
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex
from typing import Any

import httpx
import pytest

from orchestration.sources import full_scan
from orchestration.sources.vendor import VendorError
from sandbox.vendors.limits import Limits
from sandbox.vendors.pipedrive import PATH, USER_ID, Pipedrive
from tests.activation_world import UNLIMITED, Served, served
from tests.sources.installation import Installation, installed

TOKEN = token_hex(8)
OBJECTS: dict[str, dict[str, str | int]] = {
    name: {} for name in ("persons", "organizations", "deals", "activities", "leads")
}
MANY = 10**6


@pytest.fixture
def company() -> Pipedrive:
    limits = Limits(requests_second=UNLIMITED.requests_second, pipedrive_day_tokens=MANY)
    return Pipedrive({"PIPEDRIVE_TOKEN": TOKEN}, limits)


@pytest.fixture
def address(company: Pipedrive) -> Iterator[Served]:
    with served(company) as at:
        yield at


@pytest.fixture
def kith(tmp_path: Path, address: Served) -> Iterator[Installation]:
    environment = {"PIPEDRIVE_URL": address.url, "PIPEDRIVE_TOKEN": TOKEN}
    with installed(tmp_path, "pipedrive", OBJECTS, environment) as installation:
        yield installation


def person(name: str, **more: object) -> dict[str, Any]:
    email = {"value": f"{name.lower()}@example.com", "primary": True, "label": "work"}
    return {"name": f"{name} King", "emails": [email], **more}


def content(row: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(row["record"])
    return found


def test_everything_arrives_once_and_then_exactly_what_changed(
    company: Pipedrive, kith: Installation
) -> None:
    [acme] = company.edit("organizations", [{"name": "Acme"}])
    ada, bob, cyd = company.edit(
        "persons", [person("Ada", org_id=int(acme)), person("Bob"), person("Cyd")]
    )
    deals: list[dict[str, Any]] = [
        {"title": "D", "person_id": int(ada)},
        {"title": "E"},
        {"title": "F"},
    ]
    kept, lost, archived = company.edit("deals", deals)
    company.edit("deals", [{"id": archived, "is_archived": True, "status": "won"}])
    call = {"type": "call", "person_id": int(ada), "note": "secret", "attendees": [{"email": "x"}]}
    company.edit("activities", [call])
    company.edit("leads", [{"title": "L", "person_id": int(bob)}])
    assert kith.collect() == {
        **{"persons": 3, "organizations": 1, "deals": 3},
        **{"activities": 1, "leads": 1},
    }
    assert kith.collect() == {}
    [(_, heard)] = kith.latest("activities").values()
    assert heard["person_id"] == int(ada) and not {"note", "attendees"} & heard.keys()
    assert kith.latest("deals")[archived][1]["status"] == "won"

    company.edit("persons", [{"id": cyd, "custom_fields": {USER_ID: "u_1"}}])
    company.edit("persons", [{"id": bob}])  # touched, and nothing is different
    company.remove("deals", [lost])
    assert kith.collect() == {"persons": 1, "deals": 1}
    assert kith.latest("persons")[cyd][1]["custom_fields"][USER_ID] == "u_1"
    assert (kith.latest("deals")[lost][0], kith.latest("deals")[kept][0]) == (True, False)


def test_whom_a_merge_or_a_deletion_took_away_is_found_by_the_next_scan(
    company: Pipedrive, kith: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    loser, winner, gone = company.edit("persons", [person("Ada"), person("Adah"), person("Bob")])
    [deal] = company.edit("deals", [{"title": "D", "person_id": int(loser)}])
    [lead] = company.edit("leads", [{"title": "L", "person_id": int(gone)}])
    kith.collect()
    company.merge("persons", loser, winner)
    company.remove("persons", [gone])
    company.remove("leads", [lead])
    # The one who took over and what followed are changed; of the others nothing tells.
    assert kith.collect() == {"persons": 1, "deals": 1}
    emails = [entry["value"] for entry in kith.latest("persons")[winner][1]["emails"]]
    assert emails == ["adah@example.com", "ada@example.com"]
    assert kith.latest("deals")[deal][1]["person_id"] == int(winner)
    assert kith.latest("persons")[loser][0] is False

    monkeypatch.setattr(full_scan, "is_due", lambda state, hours: True)
    assert kith.collect() == {"persons": 2, "leads": 1}
    assert kith.latest("persons")[loser] == (True, {})
    assert kith.latest("persons")[gone] == (True, {})
    assert kith.collect() == {}

    # Brought back from the bin, with the date of its last change as it was.
    company.persons[int(gone)]["is_deleted"] = False
    assert kith.collect() == {"persons": 1}
    assert kith.latest("persons")[gone][0] is False


def test_a_token_that_sees_nobody_any_more_has_not_deleted_everybody(
    company: Pipedrive, kith: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    company.edit("persons", [person("Ada"), person("Bob")])
    kith.collect()
    monkeypatch.setattr(full_scan, "is_due", lambda state, hours: True)
    company.remove("persons", ["1", "2"])
    with pytest.raises(Exception, match="not one record is left"):
        kith.collect()
    assert not any(is_deleted for is_deleted, _ in kith.latest("persons").values())


def test_a_person_whom_a_sync_made_is_read_like_any_other(
    company: Pipedrive, kith: Installation, address: Served
) -> None:
    headers = {"x-api-token": TOKEN}
    made = httpx.post(address.url + PATH, json=person("Ada"), headers=headers)
    key = made.raise_for_status().json()["data"]["id"]
    [row] = kith.read("persons")
    assert row["record_id"] == str(key)
    assert (content(row)["first_name"], content(row)["last_name"]) == ("Ada", "King")
    assert "update_time" not in content(row)


def test_pages_of_500_lose_nobody_who_changes_while_they_are_read(
    company: Pipedrive, kith: Installation
) -> None:
    ids = company.edit("persons", [person(f"P{n}") for n in range(1_100)])
    rows = kith.read("persons")
    first = next(rows)
    company.edit("persons", [{"id": ids[700], "label_ids": [7]}, {"id": ids[3], "label_ids": [8]}])
    found = [first, *rows]
    assert {row["record_id"] for row in found} == set(ids)
    latest = {row["record_id"]: content(row)["label_ids"] for row in found}
    assert (latest[ids[700]], latest[ids[3]]) == ([7], [8])
    # Somebody on a page already read comes once more.
    assert len(found) == 1_101


def test_leads_come_in_pages_by_position(company: Pipedrive, kith: Installation) -> None:
    ids = company.edit("leads", [{"title": f"L{n}", "person_id": 1} for n in range(1_050)])
    assert sorted(row["record_id"] for row in kith.read("leads")) == sorted(ids)


def test_throttling_and_server_errors_are_waited_out(
    company: Pipedrive, kith: Installation, address: Served
) -> None:
    ids = company.edit("persons", [person(f"P{n}") for n in range(600)])
    address.order(next=["429", "reset", "500_after", "503"])
    assert {row["record_id"] for row in kith.read("persons")} == set(ids)


def test_a_day_without_tokens_ends_the_reading_and_the_next_day_goes_on(
    company: Pipedrive, kith: Installation
) -> None:
    ids = company.edit("persons", [person(f"P{n}") for n in range(600)])
    company.budget = company.tokens = 15
    state: dict[str, Any] = {}
    with pytest.raises(VendorError, match="pipedrive answered 429 to GET /api/v2/persons"):
        list(kith.read("persons", state))
    assert state == {}
    company.budget = company.tokens = 20
    assert {row["record_id"] for row in kith.read("persons", state)} == set(ids)
    assert company.tokens == 0


def test_a_field_that_is_new_or_of_another_type_on_the_next_page_is_kept(
    company: Pipedrive, kith: Installation
) -> None:
    company.edit("persons", [person(f"P{n}") for n in range(501)])
    company.persons[501] |= {"label_ids": "seven", "birthday": {"year": 1815}}
    last = content(list(kith.read("persons"))[-1])
    assert (last["label_ids"], last["birthday"]) == ("seven", {"year": 1815})
