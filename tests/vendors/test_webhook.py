"""The webhook receiver: signature, idempotency, limits."""

from collections.abc import Callable
from typing import Any

import httpx

from sandbox.vendors.limits import Limits
from sandbox.vendors.serve import Vendors

Hook = Callable[..., httpx.Response]


def received(vendors: Vendors) -> dict[str, Any]:
    base = vendors.environment()["WEBHOOK_URL"].removesuffix("/hook")
    content: dict[str, Any] = httpx.get(f"{base}/received").json()
    return content


def test_a_signed_body_is_applied_once_per_key(vendors: Vendors, hook: Hook) -> None:
    body = b'[{"id": "once-1"}, {"id": "once-2"}]'
    assert hook("once", body).json() == {"status": "applied", "rows": 2}
    repeated = hook("once", body)
    assert (repeated.status_code, repeated.json()["status"]) == (200, "repeated")
    content = received(vendors)
    assert content["keys"]["once"] == 2
    assert content["rows"].count({"id": "once-1"}) == 1


def test_an_object_is_one_row(vendors: Vendors, hook: Hook) -> None:
    assert hook("single", b'{"id": "single"}').json()["rows"] == 1
    assert {"id": "single"} in received(vendors)["rows"]


def test_refused_bodies_are_not_applied(vendors: Vendors, hook: Hook) -> None:
    hook("taken", b"[1]")
    before = received(vendors)
    refused = [
        hook("forged", b"[2]", secret="wrong"),  # noqa: S106 - a wrong secret on purpose
        httpx.post(vendors.environment()["WEBHOOK_URL"], content=b"[2]"),
        hook(None, b"[2]"),
        hook("broken", b"{"),
        hook("taken", b"[2]"),
        hook("large", b'"' + b"x" * 1_000_000 + b'"'),
    ]
    assert [reply.status_code for reply in refused] == [401, 401, 400, 400, 422, 413]
    assert received(vendors) == before


def test_the_rate_limit_says_when_to_come_back() -> None:
    with Vendors(limits=Limits(webhook_second=1)) as vendors:
        url = vendors.environment()["WEBHOOK_URL"].replace("/hook", "/received")
        replies = [httpx.get(url), httpx.get(url)]
    assert [reply.status_code for reply in replies] == [200, 429]
    assert replies[1].headers["Retry-After"] == "1"
