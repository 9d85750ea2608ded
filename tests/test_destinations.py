"""What each destination says on the wire, and how it reads the answers."""

import hashlib
import hmac
import json
from dataclasses import replace

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from orchestration.activation.run import sync
from orchestration.activation.scrub import scrubbed
from orchestration.destinations.hubspot import HubSpot
from orchestration.destinations.hubspot.properties import definition, values
from orchestration.destinations.protocol import Batch, BatchRefused, Outcome, Row
from orchestration.destinations.webhook import Webhook as WebhookDestination
from orchestration.warehouse import Home
from sandbox.vendors.webhook import Webhook
from tests.activation_world import (
    SECRET,
    UNLIMITED,
    Served,
    hubspot_sync,
    people,
    publish,
    quick,
    served,
    webhook_sync,
)

HUBSPOT = HubSpot(
    "http://hubspot", "token", hubspot_sync(map={"email": "email", "firstname": "first_name"})
)
OUTCOMES = list[Outcome]


def batch(count: int, operation: str = "added") -> Batch:
    fields = "" if operation == "removed" else '{"email":"x","score":1.50,"gone":null,"vip":true}'
    made = [Row(i, operation, f"c{i}", f"p{i}@x.io", fields) for i in range(count)]  # type: ignore[arg-type]  # a literal that mypy cannot see
    return Batch("run:0", tuple(made))


def answered(batch: Batch, *answers: httpx.Response) -> OUTCOMES:
    """Plays the answers to what the destination asks."""
    exchange = HUBSPOT.deliver(batch)
    next(exchange)
    for answer in answers:
        try:
            exchange.send(answer)
        except StopIteration as end:
            outcomes: OUTCOMES = end.value
            return sorted(outcomes, key=lambda outcome: outcome.position)
    raise AssertionError("the destination asks for more")


def test_hubspot_results_and_errors_are_aligned_by_their_marks_not_by_their_order() -> None:
    errors = [
        {
            "category": "VALIDATION_ERROR",
            "message": "bad",
            "context": {"objectWriteTraceId": ["1"]},
        }
    ]
    results = [{"objectWriteTraceId": "2"}, {"objectWriteTraceId": "0"}]
    outcomes = answered(batch(3), httpx.Response(207, json={"results": results, "errors": errors}))
    assert [outcome.status for outcome in outcomes] == ["sent", "rejected", "sent"]
    assert (outcomes[1].code, outcomes[1].message) == ("VALIDATION_ERROR", "bad")


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, json={"results": []}),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={"results": [{"id": "1"}], "errors": ["?"]}),
        httpx.Response(200, text="<html>"),
    ],
)
def test_a_200_from_hubspot_that_names_no_row_vouches_for_none(answer: httpx.Response) -> None:
    assert answered(batch(3), answer) == []


def test_a_400_from_hubspot_refuses_the_batch_in_its_words() -> None:
    answer = httpx.Response(400, json={"category": "VALIDATION_ERROR", "message": "duplicate"})
    with pytest.raises(BatchRefused) as refused:
        answered(batch(3), answer)
    assert (refused.value.code, refused.value.message) == ("VALIDATION_ERROR", "duplicate")


def test_a_contact_is_cleared_under_any_of_its_addresses_and_a_missing_one_needs_nothing() -> None:
    found = {
        "results": [
            {"id": "7", "properties": {"email": "a@b.c", "hs_additional_emails": "P0@x.io"}}
        ],
        "errors": [{"category": "OBJECT_NOT_FOUND", "context": {"ids": ["p1@x.io"]}}],
    }
    exchange = HUBSPOT.deliver(batch(3, "removed"))
    next(exchange)
    update = json.loads(exchange.send(httpx.Response(207, json=found)).content)
    assert update["inputs"] == [
        {"id": "7", "properties": {"firstname": ""}, "objectWriteTraceId": "0"}
    ]
    with pytest.raises(StopIteration) as end:
        exchange.send(httpx.Response(200, json={"results": [{"objectWriteTraceId": "0"}]}))
    # The third was neither found nor missed: it stays in doubt.
    assert {outcome.position for outcome in end.value.value} == {0, 1}


def test_hubspot_takes_text_and_an_empty_text_for_nothing() -> None:
    fields = (
        '{"score":1.50,"gone":null,"vip":true,"days":[1,2],"name":"Ada","big":12345678901234567890}'
    )
    assert values(fields) == {
        "score": "1.50",
        "gone": "",
        "vip": "true",
        "days": "[1, 2]",
        "name": "Ada",
        "big": "12345678901234567890",
    }


@pytest.mark.parametrize(
    ("kind", "hubspot_type"),
    [
        ("BIGINT", "number"),
        ("DECIMAL(18,2)", "number"),
        ("BOOLEAN", "bool"),
        ("DATE", "date"),
        ("TIMESTAMP", "datetime"),
        ("VARCHAR", "string"),
    ],
)
def test_a_property_gets_the_type_of_its_column(kind: str, hubspot_type: str) -> None:
    assert definition("kith_x", kind)["type"] == hubspot_type


def test_a_webhook_is_signed_over_the_bytes_that_travel() -> None:
    exchange = WebhookDestination("http://hook", SECRET, "members").deliver(batch(2))
    request = next(exchange)
    expected = hmac.new(SECRET.encode(), request.content, hashlib.sha256).hexdigest()
    assert request.headers["X-Kith-Signature"] == f"sha256={expected}"
    assert request.headers["Idempotency-Key"] == "run:0"
    assert json.loads(request.content)[1]["id"] == "p1@x.io"


def test_a_webhook_gets_rows_then_only_what_changed_then_removals(
    home: Home, endpoint: Served
) -> None:
    publish(home, people(30))
    assert sync(webhook_sync(), home, endpoint.environment).status == "settled"
    publish(home, [replace(people(30)[0], first_name="Grace"), *people(30)[1:29]])
    assert sync(webhook_sync(), home, endpoint.environment).sent == 2
    received = endpoint.gate.vendor.dump()["rows"][30:]
    assert received[0] == {"operation": "removed", "id": "c00029"}
    assert received[1]["operation"] == "changed"
    assert received[1]["fields"]["firstname"] == "Grace"


def test_a_webhook_with_a_wrong_secret_delivers_nothing(home: Home, endpoint: Served) -> None:
    publish(home, people(30))
    wrong = endpoint.environment | {"WEBHOOK_SECRET": "wrong"}
    receipt = sync(webhook_sync(), home, wrong)
    assert (receipt.status, receipt.sent, receipt.reason) == ("partial", 0, "answers 401")


def test_a_batch_refused_for_one_row_is_divided_until_only_that_row_is_refused(home: Home) -> None:
    publish(home, [*people(63), replace(people(64)[63], first_name="poison")])
    with served(Picky(SECRET, UNLIMITED)) as endpoint:
        receipt = sync(webhook_sync(), home, endpoint.environment)
        assert (receipt.status, receipt.sent, receipt.rejected) == ("settled", 63, 1)
        assert endpoint.requests == 13
        again = sync(webhook_sync(), home, endpoint.environment)
        assert (again.waiting, again.requests) == (1, 0)


def test_an_endpoint_that_refuses_everything_is_left_alone(home: Home) -> None:
    publish(home, [replace(person, first_name="poison") for person in people(600)])
    with served(Picky(SECRET, UNLIMITED)) as endpoint:
        receipt = sync(webhook_sync(limits=quick(concurrency=1)), home, endpoint.environment)
        assert (receipt.status, receipt.sent) == ("partial", 0)
        assert receipt.reason == "refuses every row: 400"
        assert endpoint.requests < 80


class Picky(Webhook):
    """An endpoint that refuses a whole body for one row it does not like."""

    async def _hook(self, request: Request) -> Response:
        if b"poison" in await request.body():
            return PlainTextResponse("I do not like it", 400)
        return await super()._hook(request)


def test_a_vendors_words_are_kept_without_the_persons() -> None:
    said = "Zebulon with +49 (30) 123-4567 and other@example.com is not ZEBULON; code 42"
    kept = scrubbed(said, '{"firstname": "Zebulon", "n": 42}')
    assert kept == "[value] with [number] and [e-mail] is not [value]; code 42"
