"""What HubSpot's kinds of record, modes and lists have of their own."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from orchestration.activation.run import sync
from orchestration.destinations.hubspot.lists import ListMembers
from orchestration.destinations.protocol import Batch, Outcome, Row
from orchestration.warehouse import Home
from sandbox.vendors.hubspot.app import HubSpot
from tests.activation_world import (
    TOKEN,
    UNLIMITED,
    Served,
    hubspot_sync,
    people,
    publish,
    rows,
    served,
)

REJECTED = "select customer_id, code from activation.sync_rejections where is_open order by all"
TO_A_LIST: dict[str, Any] = {
    "mode": "audience",
    "map": {"email": "email"},
    "options": {"list_id": "1"},
}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def hubspot() -> Iterator[tuple[Served, HubSpot]]:
    portal = HubSpot(TOKEN, None, UNLIMITED)
    with served(portal) as vendor:
        yield vendor, portal


Portal = tuple[Served, HubSpot]


def test_an_insert_leaves_a_contact_that_is_there_alone(home: Home, hubspot: Portal) -> None:
    vendor, portal = hubspot
    there = {"email": "person00001@example.com", "firstname": "Grace"}
    portal.edit("contacts", [{"properties": there}])
    publish(home, people(3))
    receipt = sync(hubspot_sync(mode="insert"), home, vendor.environment)
    names = {email: contact["firstname"] for email, contact in vendor.contacts().items()}
    assert names == {
        "person00000@example.com": "Ada",
        "person00001@example.com": "Grace",
        "person00002@example.com": "Ada",
    }
    assert (receipt.sent, rows(home, REJECTED)) == (2, [("c00001", "CONFLICT")])


def test_an_update_makes_no_contact(home: Home, hubspot: Portal) -> None:
    vendor, portal = hubspot
    portal.edit("contacts", [{"properties": {"email": "person00001@example.com"}}])
    publish(home, people(3))
    sync(hubspot_sync(mode="update"), home, vendor.environment)
    assert vendor.contacts().keys() == {"person00001@example.com"}
    refused = [("c00000", "OBJECT_NOT_FOUND"), ("c00002", "OBJECT_NOT_FOUND")]
    assert rows(home, REJECTED) == refused


def test_companies_are_known_by_a_property_of_ours_that_is_made_unique(
    home: Home, hubspot: Portal
) -> None:
    vendor, portal = hubspot
    declared = hubspot_sync(
        object="companies",
        match="kith_id",
        map={"kith_id": "customer_id", "name": "first_name"},
    )
    persons = people(3)
    for version in (persons, [replace(persons[0], first_name="Grace"), *persons[1:]]):
        publish(home, version)
        sync(declared, home, vendor.environment)
    companies = [record["properties"] for record in portal.dump()["companies"].values()]
    assert {company["kith_id"]: company["name"] for company in companies} == {
        "c00000": "Grace",
        "c00001": "Ada",
        "c00002": "Ada",
    }
    assert portal.objects["companies"].kind.properties["kith_id"].unique


def test_who_leaves_can_go_into_the_bin_and_an_unknown_one_needs_nothing(
    home: Home, hubspot: Portal
) -> None:
    vendor, portal = hubspot
    declared = hubspot_sync(on_leave="delete")
    publish(home, people(3))
    sync(declared, home, vendor.environment)
    gone = vendor.contacts()["person00000@example.com"]["hs_object_id"]
    portal.objects["contacts"].erase(gone, by_email=False)
    publish(home, people(3)[2:])
    receipt = sync(declared, home, vendor.environment)
    contacts = portal.dump()["contacts"].values()
    assert {c["properties"]["email"]: c["archived"] for c in contacts} == {
        "person00001@example.com": True,
        "person00002@example.com": False,
    }
    assert (receipt.status, receipt.sent) == ("settled", 2)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"options": {"list_id": "2"}}, "list_is_dynamic"),
        ({"options": {"list_id": "3"}}, "list_is_of_another_object"),
        ({"options": {"list_id": "4"}}, "OBJECT_NOT_FOUND"),
    ],
)
def test_a_list_that_cannot_be_kept_is_refused_before_anybody_is_sent(
    home: Home, hubspot: Portal, changes: dict[str, Any], reason: str
) -> None:
    vendor, portal = hubspot
    portal.lists.make("Big spenders")
    portal.lists.make("Those who spent much", "DYNAMIC")
    portal.lists.make("Big companies", type_id="0-2")
    publish(home, people(3))
    receipt = sync(hubspot_sync(**(TO_A_LIST | changes)), home, vendor.environment)
    assert receipt.reason == f"could not be made ready: {reason}"
    assert (receipt.sent, receipt.rejected, receipt.unsent) == (0, 0, 3)
    assert receipt.requests <= 1


def test_a_snapshot_list_takes_members_too_and_keeps_those_it_had(
    home: Home, hubspot: Portal
) -> None:
    vendor, portal = hubspot
    portal.lists.make("Big spenders", "SNAPSHOT")
    addresses = [f"person{i:05}@example.com" for i in range(3)] + ["other@example.com"]
    made = portal.edit("contacts", [{"properties": {"email": address}} for address in addresses])
    portal.lists.lists["1"].members.add(made[3])
    publish(home, people(3))
    sync(hubspot_sync(**TO_A_LIST), home, vendor.environment)
    publish(home, people(2))
    receipt = sync(hubspot_sync(**TO_A_LIST), home, vendor.environment)
    assert portal.dump()["lists"] == {"1": sorted([made[0], made[1], made[3]])}
    assert receipt.status == "settled"


def to_a_list(answer: dict[str, Any], *more: httpx.Response) -> list[Outcome]:
    """What becomes of one row that is looked up, put into the list, and answered so."""
    destination = ListMembers("http://hubspot", "token", hubspot_sync(**TO_A_LIST))
    batch = Batch("run:0", (Row(0, "added", "c0", "a@b.io", '{"email":"a@b.io"}'),))
    exchange = destination.deliver(batch)
    next(exchange)
    found = {"results": [{"id": "7", "properties": {"email": "a@b.io"}}]}
    for reply in (httpx.Response(200, json=found), httpx.Response(200, json=answer), *more):
        try:
            exchange.send(reply)
        except StopIteration as end:
            outcomes: list[Outcome] = end.value
            return outcomes
    raise AssertionError("the destination asks for more")


def test_an_answer_without_news_is_believed_once_a_record_is_seen_in_the_list() -> None:
    member = httpx.Response(200, json={"results": [{"listId": "1"}]})
    stranger = httpx.Response(200, json={"results": [{"listId": "2"}]})
    assert [outcome.status for outcome in to_a_list({}, member)] == ["sent"]
    assert to_a_list({}, stranger) == []
    assert to_a_list({}, httpx.Response(404, json={})) == []


def test_a_record_that_vanished_meanwhile_is_no_member() -> None:
    outcomes = to_a_list({"recordIdsMissing": ["7"]})
    assert [(outcome.status, outcome.code) for outcome in outcomes] == [
        ("rejected", "not_in_hubspot")
    ]
