"""What is special about Segment: 200 to nearly everything, ids that drop a repetition, events."""

from dataclasses import replace
from pathlib import Path

import httpx

from orchestration.activation.run import sync
from orchestration.warehouse import Home
from sandbox.vendors.segment import Segment
from tests.activation_world import UNLIMITED, people, publish, quick, served
from tests.destinations.case import vendor_of
from tests.destinations.cases.segment import PEOPLE
from tests.destinations.wire import ADDRESS, asked, batch, body, destination, row, statuses

TRACK = {"mode": "append", "on_leave": None, "options": {"event": "Became Big Spender"}}
TAKEN = httpx.Response(200, json={"success": True})


def test_a_person_is_an_identify_call_that_a_repetition_cannot_double() -> None:
    rows = batch(row(0, "c0", email="a@example.com", name="Ada"), row(1, "c1", name=None))
    requests, outcomes = asked(destination(PEOPLE), rows, [TAKEN])
    assert (str(requests[0].url), requests[0].method) == (f"{ADDRESS}/v1/batch", "POST")
    assert body(requests[0])["batch"][0] == {
        "type": "identify",
        "userId": "c0",
        "messageId": "key-0",
        "traits": {"email": "a@example.com", "name": "Ada"},
    }
    assert statuses(outcomes) == {0: "sent", 1: "sent"}


def test_who_leaves_is_identified_once_more_with_nothing() -> None:
    requests, _ = asked(destination(PEOPLE), batch(row(0, "c0", "removed")), [TAKEN])
    [call] = body(requests[0])["batch"]
    assert call["type"] == "identify"
    assert call["traits"] == {"email": None, "name": None, "revenue": None}


def test_a_field_inside_another_is_cleared_where_it_was_set() -> None:
    nested = destination(PEOPLE, map={"address.city": "city"})
    requests, _ = asked(nested, batch(row(0, "c0", "removed")), [TAKEN])
    assert body(requests[0])["batch"][0]["traits"] == {"address": {"city": None}}


def test_a_group_is_a_group_call_about_nobody_in_particular() -> None:
    groups = destination(PEOPLE, object="group")
    for rows, traits in (
        (batch(row(0, "acme", name="ACME")), {"name": "ACME"}),
        (batch(row(0, "acme", "removed")), {"email": None, "name": None, "revenue": None}),
    ):
        requests, _ = asked(groups, rows, [TAKEN])
        [call] = body(requests[0])["batch"]
        assert (call["type"], call["groupId"], call["anonymousId"]) == ("group", "acme", "acme")
        assert call["traits"] == traits
        assert "userId" not in call


def test_rows_are_in_doubt_when_a_200_does_not_say_success() -> None:
    for content in ({}, {"success": False}):
        answer = httpx.Response(200, json=content)
        assert asked(destination(PEOPLE), batch(row(0, "c0")), [answer])[1] == []


def test_an_event_reaches_segment_once_although_its_answer_was_lost(tmp_path: Path) -> None:
    secrets = PEOPLE.secrets()
    vendor: Segment = vendor_of(PEOPLE, secrets)
    with served(vendor) as address:
        publish(Home(tmp_path), people(12))
        address.order(next=["500_after", "reset_after"])
        for _ in range(2):
            sync(PEOPLE.declared(**TRACK), Home(tmp_path), PEOPLE.environment(address, secrets))
    assert len(vendor.events) == 12
    assert {call["event"] for call in vendor.events.values()} == {"Became Big Spender"}
    assert sorted(call["userId"] for call in vendor.events.values())[0] == "c00000"


def test_large_profiles_fit_into_requests_of_500_kb(tmp_path: Path) -> None:
    secrets = PEOPLE.secrets()
    persons = [replace(person, first_name="x" * 4_500) for person in people(200)]
    with served(vendor_of(PEOPLE, secrets)) as vendor:
        publish(Home(tmp_path), persons)
        declared = PEOPLE.declared(limits=quick(), map={"name": "first_name"})
        receipt = sync(declared, Home(tmp_path), PEOPLE.environment(vendor, secrets))
        assert (receipt.sent, receipt.rejected, vendor.requests) == (200, 0, 2)


def test_a_wrong_write_key_goes_unnoticed_as_it_does_at_segment(tmp_path: Path) -> None:
    vendor = Segment({"SEGMENT_WRITE_KEY": "right"}, UNLIMITED)
    with served(vendor) as address:
        publish(Home(tmp_path), people(3))
        environment = PEOPLE.environment(address, {"SEGMENT_WRITE_KEY": "wrong"})
        receipt = sync(PEOPLE.declared(), Home(tmp_path), environment)
    assert (receipt.sent, vendor.users) == (3, {})
