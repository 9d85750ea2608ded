"""Signatures of webhooks: whether who sent a request holds the secret, and sent it just now."""

import base64
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

TOLERANCE_SECONDS = 300


@dataclass(frozen=True)
class Delivery:
    """A request as its sender signed it: `url` is the one that the sender was told to call."""

    headers: Mapping[str, str]
    body: bytes
    url: str
    secret: bytes
    received_at: float

    def is_on_time(self, moment: float) -> bool:
        """Whether a Unix time is close enough to when we had the request, by either clock."""
        return abs(self.received_at - moment) <= TOLERANCE_SECONDS

    def digest(self, *parts: bytes) -> bytes:
        """SHA-256 of the parts in a row, with the secret as key."""
        return hmac.digest(self.secret, b"".join(parts), "sha256")

    def header(self, name: str) -> bytes:
        """A header's bytes as they came, b"" if it is missing."""
        return self.headers.get(name, "").encode("latin-1")


def by_stripe(delivery: Delivery) -> bool:
    """`t=<seconds>,v1=<hex>`: several v1 while a secret is being replaced; others are no proof."""
    fields = [
        part.strip().partition(b"=") for part in delivery.header("stripe-signature").split(b",")
    ]
    time = next((value for name, _, value in fields if name == b"t"), b"")
    if not _is_number(time) or not delivery.is_on_time(int(time)):
        return False
    expected = delivery.digest(time, b".", delivery.body).hex().encode()
    proofs = [value for name, _, value in fields if name == b"v1"]
    return any([hmac.compare_digest(expected, proof) for proof in proofs])


def by_shopify(delivery: Delivery) -> bool:
    """The body alone is signed: no time, and no other header."""
    expected = base64.b64encode(delivery.digest(delivery.body))
    return hmac.compare_digest(expected, delivery.header("x-shopify-hmac-sha256"))


def by_hubspot(delivery: Delivery) -> bool:
    """Version 3: method, URL, body and a time in milliseconds are signed."""
    time = delivery.header("x-hubspot-request-timestamp")
    if not _is_number(time) or not delivery.is_on_time(int(time) / 1000):
        return False
    expected = base64.b64encode(
        delivery.digest(b"POST", delivery.url.encode(), delivery.body, time)
    )
    return hmac.compare_digest(expected, delivery.header("x-hubspot-signature-v3"))


SIGNED: Mapping[str, Callable[[Delivery], bool]] = {
    "hubspot": by_hubspot,
    "shopify": by_shopify,
    "stripe": by_stripe,
}


def _is_number(text: bytes) -> bool:
    return re.fullmatch(rb"[0-9]{1,15}", text) is not None
