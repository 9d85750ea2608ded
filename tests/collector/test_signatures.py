"""Signatures of webhooks, held against those of other programs."""

import time

import pytest
from hubspot.utils.signature import Signature

from orchestration.collector.signatures import SIGNED, TOLERANCE_SECONDS, Delivery
from tests.collector.signed import BODIES, HUBSPOT, OPENSSL, SECRET, SENT_AT, URL, signed

KINDS = sorted(BODIES)
TIMED = ["hubspot", "stripe"]


def is_recognized(
    kind: str,
    headers: dict[str, str],
    *,
    body: bytes | None = None,
    secret: str = SECRET,
    url: str = URL,
    received_at: float = SENT_AT,
) -> bool:
    content = BODIES[kind] if body is None else body
    return SIGNED[kind](Delivery(headers, content, url, secret.encode(), received_at))


@pytest.mark.parametrize("kind", KINDS)
def test_a_signature_that_openssl_made_is_recognized_and_any_change_is_noticed(kind: str) -> None:
    headers = OPENSSL[kind]
    assert is_recognized(kind, headers)
    assert not is_recognized(kind, headers, body=BODIES[kind].replace(b"ann", b"eve") + b" ")
    assert not is_recognized(kind, headers, body=b"")
    assert not is_recognized(kind, headers, secret=SECRET + "x")
    for name, value in headers.items():
        for another in {"", value[:-1], value + "0", value.swapcase(), "é", "\x00"} - {value}:
            assert not is_recognized(kind, {**headers, name: another}), (name, another)
        assert not is_recognized(kind, {key: headers[key] for key in headers if key != name})


def test_hubspot_signs_the_url_it_was_told_to_call() -> None:
    assert not is_recognized("hubspot", OPENSSL["hubspot"], url=URL.replace("?v=3", ""))


@pytest.mark.parametrize("kind", TIMED)
@pytest.mark.parametrize("late", [-TOLERANCE_SECONDS, 0, TOLERANCE_SECONDS])
def test_clocks_may_differ_by_five_minutes_and_no_more(kind: str, late: int) -> None:
    assert is_recognized(kind, OPENSSL[kind], received_at=SENT_AT + late)
    beyond = 1 if late > 0 else -1
    if late:
        assert not is_recognized(kind, OPENSSL[kind], received_at=SENT_AT + late + beyond)


def test_one_of_several_signatures_of_stripe_is_enough() -> None:
    [right] = OPENSSL["stripe"].values()
    time_part, proof = right.split(",")
    wrong = "v1=" + "0" * 64
    for header, recognized in (
        (f"{time_part},{wrong},{proof}", True),
        (f"{time_part}, {proof}, {wrong}", True),
        (f"{proof},{time_part}", True),
        (f"{time_part},{wrong}", False),
        (f"{time_part},{proof.replace('v1', 'v0')}", False),
        (f"{time_part}", False),
        (f"t=1790848806,{proof}", False),
        (f"t=1790848806,{time_part},{proof}", False),
        (f"t=,{proof}", False),
        (f"t=-1,{proof}", False),
        (f"t={'9' * 5000},{proof}", False),
        (proof, False),
        (",,=,t=v1", False),
    ):
        assert is_recognized("stripe", {"stripe-signature": header}) is recognized, header


def test_hubspots_own_client_agrees() -> None:
    body = HUBSPOT.decode()
    now = time.time()
    headers = signed("hubspot", HUBSPOT, moment=now)
    assert is_recognized("hubspot", headers, received_at=now)
    assert Signature.is_valid(
        headers["x-hubspot-signature-v3"], SECRET, body, URL, "POST", "v3",
        headers["x-hubspot-request-timestamp"],
    )  # fmt: skip
