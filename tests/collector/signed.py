"""What three vendors would send by webhook, and their signatures."""

import base64
import hashlib
import hmac
import time
from dataclasses import dataclass

import httpx
from hubspot.utils.signature import Signature

from orchestration.collector.keys import Endpoint, Webhook
from tests.collector.room import Room

SECRET = "whsec_kith_test_secret"  # noqa: S105 - of no vendor
URL = "https://events.example.com/v1/webhooks/crm?v=3"

STRIPE = (
    '{"id":"evt_1NG8Du2eZvKYlo2CUI79vXWy","object":"event","created":1790848800,'
    '"type":"checkout.session.completed","data":{"object":{"id":"cs_1",'
    '"object":"checkout.session","customer":"cus_9","client_reference_id":"u_42",'
    '"amount_total":11900,"currency":"eur",'
    '"customer_details":{"email":"ann@example.com","name":"Ann Größe"}}}}'
).encode()
SHOPIFY = (
    b'{"id":820982911946154508,"email":"ann@example.com","created_at":"2026-10-01T12:00:00+02:00",'
    b'"total_price":"119.00","currency":"EUR","customer":{"id":115310627314723954,'
    b'"email":"ann@example.com"},"line_items":[{"id":866550311766439020,"sku":"sku_1",'
    b'"quantity":2,"price":"59.50"}]}'
)
HUBSPOT = (
    b'[{"eventId":3181526809,"subscriptionId":25,"portalId":33,"appId":1160452,'
    b'"occurredAt":1790848800123,"subscriptionType":"contact.propertyChange","attemptNumber":0,'
    b'"objectId":123,"propertyName":"lifecyclestage","propertyValue":"customer",'
    b'"changeSource":"CRM"},{"eventId":3181526809,"subscriptionId":26,"portalId":33,'
    b'"appId":1160452,"occurredAt":1790848800456,"subscriptionType":"deal.creation",'
    b'"attemptNumber":0,"objectId":124,"changeSource":"CRM","changeFlag":"NEW"}]'
)
BODIES = {"stripe": STRIPE, "shopify": SHOPIFY, "hubspot": HUBSPOT}

# Five seconds after what happened; the signatures are those of `openssl dgst -sha256 -hmac`.
SENT_AT = 1790848805
OPENSSL = {
    "stripe": {
        "stripe-signature": "t=1790848805,v1="
        "a69f756dde9659cb817ac9105644396b455ab3440ae65d3e058603bd2dacbd47"
    },
    "shopify": {"x-shopify-hmac-sha256": "qS/DYG0FeKcRPLT4TMUVtJgdJjbonOJ9iWAuTYn4OP8="},
    "hubspot": {
        "x-hubspot-request-timestamp": "1790848805000",
        "x-hubspot-signature-v3": "fYVMvEnD+rvgZLYRjt+eiddh5AnRCYGu518Tn/csrrE=",
    },
}


def endpoint(kind: str, **declared: object) -> Endpoint:
    """A webhook that is open, named after its kind."""
    url = {"url": URL} if kind == "hubspot" else {}
    fields = {"name": kind, "kind": kind, "secret": "WEBHOOK_SECRET", **url, **declared}
    return Endpoint(Webhook.model_validate(fields), SECRET.encode())


ENDPOINTS = {
    "stripe": endpoint(
        "stripe",
        user_id="data.object.client_reference_id",
        anonymous_id="data.object.customer",
    ),
    "shopify": endpoint("shopify"),
    "hubspot": endpoint("hubspot"),
}


@dataclass(frozen=True)
class Vendor:
    """Sends to a collector as one of the vendors does."""

    room: Room
    kind: str

    def send(self, body: bytes, *, headers: dict[str, str] | None = None) -> httpx.Response:
        """One delivery, signed just now unless `headers` are given."""
        return self.room.client.post(
            f"/v1/webhooks/{self.kind}",
            content=body,
            headers=signed(self.kind, body) if headers is None else headers,
            auth=lambda request: request,
        )


def signed(kind: str, body: bytes, *, moment: float | None = None, **more: str) -> dict[str, str]:
    """The headers with which a vendor would send a body at a Unix time, now if none is said."""
    now = time.time() if moment is None else moment
    if kind == "stripe":
        text = f"{int(now)}.".encode() + body
        proof = hmac.new(SECRET.encode(), text, hashlib.sha256).hexdigest()
        return {"stripe-signature": f"t={int(now)},v1={proof}", **more}
    if kind == "shopify":
        proof = base64.b64encode(hmac.new(SECRET.encode(), body, hashlib.sha256).digest()).decode()
        return {
            "x-shopify-hmac-sha256": proof,
            "x-shopify-topic": "orders/create",
            "x-shopify-webhook-id": "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
            "x-shopify-triggered-at": "2026-10-01T10:00:00.5Z",
            **more,
        }
    milliseconds = str(int(now * 1000))
    # HubSpot's own client signs what is text; tests of what is none take the letters as they are.
    text_of = body.decode(errors="replace")
    proof = Signature.get_signature(SECRET, text_of, "v3", URL, "POST", milliseconds)
    return {
        "x-hubspot-request-timestamp": milliseconds,
        "x-hubspot-signature-v3": proof,
        **more,
    }
