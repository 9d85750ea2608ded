"""Ordered faults: what the client sees, and whether the vendor did the work all the same."""

import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from sandbox.vendors.serve import Vendors

UPSERT = "/crm/v3/objects/contacts/batch/upsert"


def order(client: httpx.Client, **plan: object) -> dict[str, Any]:
    reply = client.put("/_sandbox/faults", json=plan)
    assert reply.status_code == 200
    answer: dict[str, Any] = reply.json()
    return answer


def send(client: httpx.Client, email: str) -> httpx.Response:
    row = {"id": email, "idProperty": "email", "properties": {}, "objectWriteTraceId": "1"}
    return client.post(UPSERT, json={"inputs": [row]})


def holds(client: httpx.Client, email: str) -> bool:
    contacts = client.get("/_sandbox/state").json()["contacts"].values()
    return email in {contact["properties"].get("email") for contact in contacts}


@pytest.mark.parametrize(
    ("fault", "status", "applied"),
    [
        ("401", 401, False),
        ("429", 429, False),
        ("503", 503, False),
        ("500_before", 500, False),
        ("500_after", 500, True),
        ("empty", 200, False),
        ("garbage", 200, False),
    ],
)
def test_a_fault_answers_and_applies_as_it_says(
    hubspot: httpx.Client, fault: str, status: int, applied: bool
) -> None:
    email = f"fault-{fault}@example.com"
    order(hubspot, next=[fault])
    reply = send(hubspot, email)
    assert reply.status_code == status
    assert holds(hubspot, email) is applied
    assert reply.text.startswith("<html>") is (fault == "garbage")
    assert hubspot.get("/_sandbox/faults").json()["fired"] == {fault: 1}
    assert send(hubspot, email).status_code == 200


@pytest.mark.parametrize(("fault", "applied"), [("reset", False), ("reset_after", True)])
def test_a_reset_breaks_the_connection(hubspot: httpx.Client, fault: str, applied: bool) -> None:
    email = f"{fault}@example.com"
    order(hubspot, next=[fault])
    with pytest.raises(httpx.TransportError):
        send(hubspot, email)
    assert holds(hubspot, email) is applied


def test_a_slow_reply_may_come_too_late_for_what_was_done(hubspot: httpx.Client) -> None:
    order(hubspot, next=["slow", "slow"], slow_seconds=0.3)
    started = time.monotonic()
    assert send(hubspot, "slow1@example.com").status_code == 200
    assert time.monotonic() - started >= 0.3
    hubspot.timeout = httpx.Timeout(0.1)
    with pytest.raises(httpx.ReadTimeout):
        send(hubspot, "slow2@example.com")
    hubspot.timeout = httpx.Timeout(5)
    assert holds(hubspot, "slow2@example.com")


def test_faults_keep_to_their_path_and_their_order(hubspot: httpx.Client) -> None:
    order(hubspot, next=["429", "500_before"], only=UPSERT)
    assert hubspot.get("/crm/v3/objects/contacts").status_code == 200
    assert [send(hubspot, "order@example.com").status_code for _ in range(3)] == [429, 500, 200]


def test_rates_repeat_with_their_seed(hubspot: httpx.Client) -> None:
    def statuses(seed: int) -> list[int]:
        order(hubspot, seed=seed, rates={"429": 0.3, "500_before": 0.2})
        path = "/crm/v3/properties/contacts"
        return [hubspot.get(path).status_code for _ in range(60)]

    first = statuses(1)
    assert first == statuses(1)
    assert first != statuses(2)
    assert set(first) == {200, 429, 500}
    assert 10 <= sum(status != 200 for status in first) <= 50


def test_a_vendor_that_is_down_refuses_everything_but_the_controls(hubspot: httpx.Client) -> None:
    order(hubspot, down=True)
    paths = ("/crm/v3/objects/contacts", "/crm/v3/properties/deals", "/")
    assert {hubspot.get(path).status_code for path in paths} == {503}
    assert hubspot.get("/_sandbox/state").status_code == 200


def test_a_plan_with_an_unknown_fault_is_refused(hubspot: httpx.Client) -> None:
    plans: tuple[dict[str, object], ...] = ({"next": ["418"]}, {"rate": 0.5})
    for plan in plans:
        assert hubspot.put("/_sandbox/faults", json=plan).status_code == 400


def test_requests_are_counted_by_method_and_path(hubspot: httpx.Client) -> None:
    def count() -> int:
        counted: dict[str, int] = hubspot.get("/_sandbox/requests").json()
        assert not any("/_sandbox" in name for name in counted)
        return counted.get("GET /crm/v3/properties/companies", 0)

    before = count()
    order(hubspot, next=["429"])
    for _ in range(2):
        hubspot.get("/crm/v3/properties/companies")
    assert count() == before + 2


def test_salesforce_words_its_faults_and_ends_sessions(salesforce: httpx.Client) -> None:
    order(salesforce, next=["429", "500_before", "401"])
    replies = [salesforce.get("/services/data/v62.0/query") for _ in range(4)]
    assert [(reply.status_code, reply.json()[0]["errorCode"]) for reply in replies] == [
        (403, "REQUEST_LIMIT_EXCEEDED"),
        (500, "UNKNOWN_EXCEPTION"),
        (401, "INVALID_SESSION_ID"),
        (401, "INVALID_SESSION_ID"),
    ]


def test_a_webhook_applied_behind_a_lost_reply_is_not_applied_again(
    vendors: Vendors, hook: Callable[..., httpx.Response]
) -> None:
    url = vendors.environment()["WEBHOOK_URL"].removesuffix("/hook")
    with httpx.Client(base_url=url) as client:
        order(client, next=["500_after"])
        assert hook("lost", b"[1]").status_code == 500
        assert hook("lost", b"[1]").json()["status"] == "repeated"
        assert client.get("/_sandbox/state").json()["keys"]["lost"] == 1
