"""HubSpot as a source: activities, lists, merges, slices of a long reading, lost deletions."""

import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from requests import Response

from orchestration.sources import hubspot, id_scan, progress
from orchestration.sources.declaration import Declaration, Hubspot
from orchestration.sources.vendor import Api, RefusedError, VendorError
from sandbox.vendors.faults import FaultPlan, Faults
from sandbox.vendors.hubspot.app import HubSpot
from sandbox.vendors.state import Record
from tests.activation_world import TOKEN, UNLIMITED, Served, served
from tests.sources.installation import Installation, installed

WANTED: dict[str, dict[str, Any]] = {
    "contacts": {"properties": ("email", "hs_merged_object_ids"), "associations": ("companies",)},
    "calls": {
        "properties": ("hs_timestamp", "hs_call_title"),
        "associations": ("contacts", "deals"),
    },
    "lists": {},
    "list_members": {},
}
WHEN = "2026-01-05T10:00:00.000Z"
CONTACTS = "/crm/v3/objects/contacts"


@dataclass(frozen=True)
class Portal(Installation):
    """An installation that collects contacts, calls and lists."""

    def table(self, name: str) -> Declaration:
        collect = Hubspot(kind="hubspot", object=name, **WANTED[name])
        identifier = f"hubspot_{name}"
        return Declaration(source="hubspot", table=name, identifier=identifier, collect=collect)


@pytest.fixture
def vendor() -> HubSpot:
    return HubSpot(TOKEN, None, UNLIMITED)


@pytest.fixture
def address(vendor: HubSpot) -> Iterator[Served]:
    with served(vendor) as at:
        yield at


@pytest.fixture
def kith(tmp_path: Path, address: Served) -> Iterator[Portal]:
    with installed(tmp_path, "hubspot", {}, address.environment) as made:
        yield Portal(made.home, "hubspot", {"contacts": {}, "calls": {}})


def people(count: int, name: str = "p") -> list[dict[str, Any]]:
    return [{"properties": {"email": f"{name}{n}@example.com"}} for n in range(count)]


def linked(name: str, key: str) -> dict[str, Any]:
    return {name: {"results": [{"id": key, "type": f"call_to_{name[:-1]}"}]}}


def merge(address: Served, primary: str, other: str) -> str:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    body = {"primaryObjectId": primary, "objectIdToMerge": other}
    reply = httpx.post(f"{address.url}{CONTACTS}/merge", json=body, headers=headers)
    return str(reply.raise_for_status().json()["id"])


def test_a_merge_makes_tombstones_of_both_that_name_the_new_record(
    vendor: HubSpot, address: Served, kith: Portal
) -> None:
    ada, other, bob = vendor.edit("contacts", people(3))
    texts = {"hs_timestamp": WHEN, "hs_call_title": "Offer", "hs_call_body": "a secret"}
    about = linked("contacts", other) | linked("deals", "9")
    [call] = vendor.edit("calls", [{"properties": texts, "associations": about}])
    assert kith.collect() == {"contacts": 3, "calls": 1}
    assert kith.collect() == {}
    told = kith.latest("calls")[call][1]
    assert told["associations"]["contacts"]["results"][0]["id"] == other
    assert told["associations"]["deals"]["results"][0]["id"] == "9"
    assert "a secret" not in json.dumps(told)

    winner = merge(address, ada, other)
    # The call is told anew only because it changed within the overlap: a merge moves no date of it.
    assert kith.collect() == {"contacts": 3, "calls": 1}
    latest = kith.latest("contacts")
    assert latest[ada] == (True, {"id": ada, "mergedInto": winner})
    assert latest[other] == (True, {"id": other, "mergedInto": winner})
    assert latest[winner][1]["properties"]["hs_merged_object_ids"] == f"{ada};{other}"
    assert not latest[bob][0]
    assert kith.collect() == {}
    again = merge(address, winner, bob)
    assert kith.collect() == {"contacts": 5, "calls": 1}
    assert kith.latest("contacts")[ada][1]["mergedInto"] == again
    # Of a first reading elsewhere the merges are told as well.
    [*_, loser] = hubspot.rows(
        hubspot.api(), Hubspot(kind="hubspot", object="contacts", **WANTED["contacts"]), {}
    )
    assert loser["is_deleted"]


def test_a_list_tells_who_joined_and_who_is_not_in_it_any_more(
    vendor: HubSpot, address: Served, kith: Portal
) -> None:
    ada, bob, cyd = vendor.edit("contacts", people(3))
    chosen, dropped = vendor.lists.make("Newsletter"), vendor.lists.make("Dropped", "DYNAMIC")
    vendor.lists.make("Companies", type_id="0-2")
    vendor.lists.lists[chosen].members |= {ada, bob}
    vendor.lists.lists[dropped].members |= {ada}
    lists = Portal(kith.home, "hubspot", {"lists": {}, "list_members": {}})
    assert lists.collect() == {"lists": 3, "list_members": 3}
    assert lists.collect() == {}
    headers = {"Authorization": f"Bearer {TOKEN}"}
    path = f"{address.url}/crm/v3/lists/{chosen}/memberships/add-and-remove"
    body = {"recordIdsToAdd": [cyd], "recordIdsToRemove": [bob]}
    httpx.put(path, json=body, headers=headers).raise_for_status()
    httpx.delete(f"{address.url}/crm/v3/lists/{dropped}", headers=headers).raise_for_status()
    assert lists.collect() == {"lists": 1, "list_members": 3}
    members = lists.latest("list_members")
    assert {key: gone for key, (gone, _) in members.items()} == {
        f"{chosen}|{ada}": False,
        f"{chosen}|{bob}": True,
        f"{chosen}|{cyd}": False,
        f"{dropped}|{ada}": True,
    }
    assert lists.latest("lists")[dropped] == (True, {})
    httpx.put(path, json={"recordIdsToAdd": [bob]}, headers=headers).raise_for_status()
    assert lists.collect() == {"list_members": 1}
    assert lists.collect() == {}


def test_a_first_reading_that_is_killed_goes_on_where_it_last_landed(
    vendor: HubSpot, address: Served, kith: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubspot, "SLICE", 100)
    ids = vendor.edit("contacts", people(350))
    only = Portal(kith.home, "hubspot", {"contacts": {}})
    show, shown = vendor.objects["contacts"].show, list[str]()

    def breaking(record: Record, properties: Sequence[str] = ()) -> dict[str, Any]:
        shown.append(record.id)
        if record.id == ids[200] and len(shown) == 201:
            plan = FaultPlan(next=["503"] * 30)
            address.gate.faults = Faults(plan)
        return show(record, properties)

    monkeypatch.setattr(vendor.objects["contacts"], "show", breaking)
    with pytest.raises(Exception, match="hubspot answered 503"):
        only.collect()
    # Two slices landed; a change meanwhile is read when the listing is through.
    vendor.edit("contacts", [{"id": ids[0], "properties": {"email": "changed@example.com"}}])
    address.order()
    shown.clear()
    assert only.collect() == {"contacts": 350}
    assert set(shown).isdisjoint(ids[:200])
    assert only.collect() == {"contacts": 1}
    assert only.collect() == {}


def test_what_was_erased_without_a_word_is_found_by_its_missing_id(
    vendor: HubSpot, kith: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, bob = vendor.edit("contacts", people(2))
    only = Portal(kith.home, "hubspot", {"contacts": {}})
    assert only.collect() == {"contacts": 2}
    vendor.objects["contacts"].erase(ada, by_email=False)
    assert only.collect() == {}
    monkeypatch.setattr(id_scan, "EVERY", timedelta())
    assert only.collect() == {"contacts": 1}
    assert only.latest("contacts")[ada] == (True, {})
    assert only.collect() == {}
    vendor.objects["contacts"].erase(bob, by_email=False)
    monkeypatch.setattr(id_scan, "FEW", 0)
    with pytest.raises(Exception, match="hubspot contacts shows not one of 1 records"):
        only.collect()


class Told(Api):
    """A portal that answers the listing with these pages, by what they are asked to come after."""

    def __init__(self, pages: dict[str | None, dict[str, Any]]) -> None:
        self.told = pages

    def ask(self, method: str, path: str, expected: str, **content: object) -> dict[str, Any]:
        question: Any = content["params"]
        if question["archived"] == "true":
            return {"results": []}
        if question.get("after") not in self.told:
            refused = Response()
            refused.status_code = 400
            raise RefusedError("hubspot answered 400", refused)
        return self.told[question.get("after")]


def page(*records: dict[str, Any], after: str | None = None) -> dict[str, Any]:
    return {"results": list(records)} | ({"paging": {"next": {"after": after}}} if after else {})


WISH = Hubspot(kind="hubspot", object="contacts", properties=("email", "score"))


def test_what_changes_its_type_or_its_shape_between_pages_is_kept_and_nothing_is_fatal() -> None:
    dated = {"updatedAt": WHEN}
    first = page({"id": "1", "properties": {"score": "12"}, **dated}, after="1")
    rest = page(
        {"id": "2", "properties": {"score": {"value": 12}}, "new": [1], **dated},
        {"id": 3, "properties": None},
        {"properties": {}, **dated},
    )
    found = list(hubspot.rows(Told({None: first, "1": rest}), WISH, {}))
    contents = [json.loads(each["record"]) for each in found]
    assert [each["record_id"] for each in found] == ["1", "2", "3", ""]
    assert contents[1] == {"id": "2", "properties": {"score": {"value": 12}}, "new": [1]}
    assert all(each["updated_at"] for each in found)


def test_a_place_that_hubspot_knows_no_more_starts_the_listing_anew() -> None:
    portal = Told({None: page({"id": "1", "properties": {}, "updatedAt": WHEN})})
    wanted = json.dumps([WISH.properties, WISH.associations])
    paused = {"position": {"after": "gone"}, "started": WHEN, "latest": WHEN, "wanted": wanted}
    state: dict[str, Any] = {"paused": paused}
    assert [each["record_id"] for each in hubspot.rows(portal, WISH, state)] == ["1"]
    assert "paused" not in state


def test_a_page_that_says_it_comes_next_itself_is_no_endless_loop() -> None:
    again = page({"id": "1", "properties": {}, "updatedAt": WHEN}, after="1")
    with pytest.raises(VendorError, match="the same page"):
        list(hubspot.rows(Told({None: again, "1": again}), WISH, {}))


def test_a_long_reading_tells_its_progress_and_nothing_that_it_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(progress, "SECONDS", 0.0)
    rows = iter([{"record_id": "ada@example.com"}] * 3)
    lines: list[str] = []
    with progress.passed_on(lines.append):
        assert len(list(progress.told(rows, "hubspot.contacts"))) == 3
    assert lines[-1] == "hubspot.contacts: 3 rows so far"
    assert not any("ada" in line for line in lines)
    assert logging.getLogger("kith.collect").handlers == []
