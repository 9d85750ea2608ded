"""Vendors' webhooks: what is signed is on disk and counts once, what is not leaves no trace."""

import json
import logging
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.collector.signatures import TOLERANCE_SECONDS
from orchestration.sources.intake import load
from orchestration.warehouse import Home, connect
from tests.collector.room import EVENTS, Room, landed, serving, unsealed
from tests.collector.signed import (
    BODIES,
    ENDPOINTS,
    HUBSPOT,
    OPENSSL,
    SHOPIFY,
    STRIPE,
    Vendor,
    endpoint,
    signed,
)  # fmt: skip
from tests.collector.test_messages import json_values
from tests.effort import scaled

KINDS = sorted(BODIES)
TIMED = ["hubspot", "stripe"]


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """One collector for all tests that look only at answers."""
    with serving(tmp_path_factory.mktemp("webhooks"), webhooks=ENDPOINTS) as room:
        yield room


def test_an_event_of_stripe_lands_whole(tmp_path: Path) -> None:
    with serving(tmp_path, webhooks=ENDPOINTS) as room:
        answer = Vendor(room, "stripe").send(STRIPE)
        assert (answer.status_code, answer.content) == (200, b'{"success": true}')
    [message] = landed(tmp_path)
    assert message.pop("receivedAt")
    assert message == {
        "messageId": "stripe:evt_1NG8Du2eZvKYlo2CUI79vXWy",
        "type": "track",
        "event": "checkout.session.completed",
        "userId": "u_42",
        "anonymousId": "cus_9",
        "channel": "server",
        "timestamp": "2026-10-01T10:00:00.000Z",
        "properties": json.loads(STRIPE),
        "context": {"collector": {"source": "stripe", "webhook": "stripe"}},
    }


def test_an_event_of_shopify_lands_whole(tmp_path: Path) -> None:
    with serving(tmp_path, webhooks=ENDPOINTS) as room:
        assert Vendor(room, "shopify").send(SHOPIFY).status_code == 200
    [message] = landed(tmp_path)
    assert message["messageId"] == "shopify:b54557e4-bdd9-4b37-8a5f-bf7d70bcd043"
    assert message["event"] == "orders/create"
    assert message["timestamp"] == "2026-10-01T10:00:00.5Z"
    assert message["properties"] == json.loads(SHOPIFY)
    assert (message["userId"], message["anonymousId"]) == (None, "anonymous")


def test_each_event_of_hubspots_list_is_a_message(tmp_path: Path) -> None:
    with serving(tmp_path, webhooks=ENDPOINTS) as room:
        assert Vendor(room, "hubspot").send(HUBSPOT).status_code == 200
        assert room.metrics.acknowledged["hubspot"] == 2
    contact, deal = landed(tmp_path)
    assert [contact["event"], deal["event"]] == ["contact.propertyChange", "deal.creation"]
    assert [contact["properties"], deal["properties"]] == json.loads(HUBSPOT)
    assert contact["timestamp"] == "2026-10-01T10:00:00.123Z"
    # HubSpot gave both the same eventId.
    assert contact["messageId"] != deal["messageId"]


def test_an_event_that_is_delivered_again_counts_once(tmp_path: Path) -> None:
    with serving(tmp_path, webhooks=ENDPOINTS) as room:
        for body in (HUBSPOT, HUBSPOT.replace(b'"attemptNumber":0', b'"attemptNumber":1')):
            assert Vendor(room, "hubspot").send(body).status_code == 200
        for kind in ("stripe", "shopify"):
            for moment in (time.time() - 200, time.time()):
                headers = signed(kind, BODIES[kind], moment=moment)
                assert Vendor(room, kind).send(BODIES[kind], headers=headers).status_code == 200
    home = Home(tmp_path)
    [taken_up] = load(home, [EVENTS]).tables
    assert (taken_up.loaded, taken_up.duplicates, taken_up.quarantined) == (4, 4, 0)
    with connect(home.warehouse) as connection:
        order = connection.execute(
            "select properties ->> 'id', properties ->> '$.customer.id' from raw.events "
            "where event = 'orders/create'"
        ).fetchone()
    assert order == ("820982911946154508", "115310627314723954")


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_signed_is_answered_401_and_leaves_no_trace(
    tmp_path: Path, kind: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    body = BODIES[kind]
    attempts = [
        ({}, body),
        (signed(kind, body), body.replace(b"1", b"2")),
        (signed(kind, body), body + b"\n"),
        (dict.fromkeys(signed(kind, body), "x"), body),
    ]
    if kind in TIMED:
        attempts += [
            (signed(kind, body, moment=time.time() - TOLERANCE_SECONDS - 2), body),
            (signed(kind, body, moment=time.time() + TOLERANCE_SECONDS + 2), body),
            (OPENSSL[kind], body),
        ]
    with caplog.at_level(logging.DEBUG), serving(tmp_path, webhooks=ENDPOINTS) as room:
        for headers, sent in attempts:
            answer = Vendor(room, kind).send(sent, headers=headers)
            assert answer.status_code == 401
            assert answer.json()["code"] == "signature"
        assert unsealed(tmp_path) == []
    assert landed(tmp_path) == []
    told = "".join(capfd.readouterr()) + "".join(
        record.getMessage() for record in caplog.records if record.name.startswith("orchestration")
    )
    assert told == ""


@pytest.mark.parametrize("kind", ["stripe", "shopify"])
def test_a_payload_may_fill_a_request(tmp_path: Path, kind: str) -> None:
    with serving(tmp_path, webhooks=ENDPOINTS) as room:
        for size, status in ((500 * 1024, 200), (500 * 1024 + 1, 413), (3_000_000, 413)):
            body = b'{"id": "evt_big", "note": ""}'
            body = body.replace(b'""', b'"' + b"x" * (size - len(body)) + b'"')
            assert len(body) == size
            assert Vendor(room, kind).send(body).status_code == status
    [message] = landed(tmp_path)
    assert len(message["properties"]["note"]) > 500_000
    [taken_up] = load(Home(tmp_path), [EVENTS]).tables
    assert (taken_up.loaded, taken_up.quarantined) == (1, 0)


def test_what_is_signed_but_no_event_is_answered_400(room: Room) -> None:
    deep = b'{"a":' * 300 + b"1" + b"}" * 300
    for kind in KINDS:
        for body in (b"", b"{", b"5", b"[]", b"[5]", b"null", b'{"a": "\\u0000"}', deep):
            assert Vendor(room, kind).send(body).status_code == 400, (kind, body[:20])
    assert Vendor(room, "stripe").send(b"[" + STRIPE + b"]").status_code == 400


@pytest.mark.parametrize("kind", KINDS)
def test_an_event_without_the_fields_that_vendors_promise_is_kept(
    tmp_path: Path, kind: str
) -> None:
    with serving(tmp_path, webhooks=ENDPOINTS) as room:
        for created in ("null", "1e300", "true", '"2026-10-01T10:00:00Z"', str(10**40)):
            body = b'{"created": %b, "occurredAt": %b}' % (created.encode(), created.encode())
            bare = {
                name: value
                for name, value in signed(kind, body).items()
                if name not in ("x-shopify-topic", "x-shopify-webhook-id")
            }
            assert Vendor(room, kind).send(body, headers=bare).status_code == 200, created
    messages = landed(tmp_path)
    assert len({each["messageId"] for each in messages}) == 5
    assert {each["event"] for each in messages} == {kind}
    assert messages[4]["properties"]["created"] == 10**40


def test_whom_an_event_is_about_is_where_the_declaration_says(tmp_path: Path) -> None:
    declared = {"shopify": endpoint("shopify", user_id="customer.id", anonymous_id="cart.token")}
    bodies = (
        b'{"customer": {"id": 7}, "cart": {"token": "c"}}', b'{"customer": "7"}',
        b'{"customer": {"id": true}}', b'{"customer": {"id": ["7"]}, "cart": {"token": "c"}}',
    )  # fmt: skip
    with serving(tmp_path, webhooks=declared) as room:
        for body in bodies:
            assert Vendor(room, "shopify").send(body).status_code == 200
    assert [(each["userId"], each["anonymousId"]) for each in landed(tmp_path)] == [
        ("7", "c"), (None, "anonymous"), (None, "anonymous"), (None, "c"),
    ]  # fmt: skip


def test_a_webhook_that_is_not_open_is_answered_404(room: Room) -> None:
    headers = signed("stripe", STRIPE)
    for path in ("/v1/webhooks/unknown", "/v1/webhooks/website", "/v1/webhooks", "/v1/webhooks/"):
        assert room.client.post(path, content=STRIPE, headers=headers).status_code == 404
    assert room.client.get("/v1/webhooks/stripe").status_code == 405


def test_too_many_events_of_a_vendor_are_answered_429(tmp_path: Path) -> None:
    slow = {"stripe": endpoint("stripe", events_per_second=1)}
    with serving(tmp_path, webhooks=slow) as room:
        answers = [Vendor(room, "stripe").send(STRIPE).status_code for _ in range(4)]
    assert answers[:2] == [200, 200]
    assert 429 in answers
    assert len(landed(tmp_path)) == answers.count(200)


@settings(
    max_examples=scaled(60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    kind=st.sampled_from(KINDS), value=json_values | st.lists(json_values), cut=st.integers(0, 9)
)
def test_no_signed_body_is_answered_500(room: Room, kind: str, value: object, cut: int) -> None:
    body = json.dumps(value).encode()[cut:]
    assert Vendor(room, kind).send(body).status_code in (200, 400, 413)
