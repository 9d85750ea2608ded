"""A receiver of signed webhooks that applies each idempotency key once."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.vendors.limits import Limits, RollingLimit
from sandbox.vendors.replies import Refusal, refuse

LARGEST_BODY = 1_000_000
MESSAGES = {401: "invalid signature", 429: "too many requests"}


@dataclass(frozen=True)
class Delivery:
    """One body applied: its idempotency key, digest and rows."""

    key: str
    digest: str
    rows: list[Any]


class Webhook:
    """POST /hook takes a JSON list of rows, or an object (one row); GET /received shows all."""

    def __init__(self, secret: str, limits: Limits) -> None:
        self._secret = secret.encode()
        self._limit = RollingLimit(limits.webhook_second, 1)
        self.deliveries: dict[str, Delivery] = {}
        self.app = Starlette(
            routes=[
                Route("/hook", self._hook, methods=["POST"]),
                Route("/received", self._received),
            ],
            exception_handlers={Refusal: refuse},
        )

    def admit(self, request: Request) -> Response | None:
        """429 with Retry-After over the limit; the signature needs the body, so it comes later."""
        return None if self._limit.admit() else self.refusal(429)

    def refusal(self, status: int) -> Response:
        """A plain JSON error."""
        headers = {"Retry-After": "1"} if status in (429, 503) else None
        return JSONResponse({"error": MESSAGES.get(status, "internal error")}, status, headers)

    def dump(self) -> dict[str, Any]:
        """{rows: all rows in order of arrival, keys: number of rows by idempotency key}."""
        received = self.deliveries.values()
        return {
            "rows": [row for delivery in received for row in delivery.rows],
            "keys": {delivery.key: len(delivery.rows) for delivery in received},
        }

    async def _received(self, _request: Request) -> Response:
        return JSONResponse(self.dump())

    async def _hook(self, request: Request) -> Response:
        body = await request.body()
        digest = hmac.new(self._secret, body, hashlib.sha256).hexdigest()
        signature = request.headers.get("x-kith-signature", "")
        if not hmac.compare_digest(signature.encode(), f"sha256={digest}".encode()):
            raise Refusal(401, {"error": MESSAGES[401]})
        if len(body) > LARGEST_BODY:
            raise Refusal(413, {"error": f"the body is over {LARGEST_BODY} bytes"})
        key = request.headers.get("idempotency-key", "")
        if not key:
            raise Refusal(400, {"error": "Idempotency-Key is missing"})
        if key not in self.deliveries:
            self.deliveries[key] = Delivery(key, digest, _rows(body))
            return JSONResponse({"status": "applied", "rows": len(self.deliveries[key].rows)})
        if self.deliveries[key].digest != digest:
            raise Refusal(422, {"error": "the Idempotency-Key was used with another body"})
        return JSONResponse({"status": "repeated", "rows": len(self.deliveries[key].rows)})


def _rows(body: bytes) -> list[Any]:
    try:
        content = json.loads(body)
    except ValueError:
        raise Refusal(400, {"error": "the body is not JSON"}) from None
    return content if isinstance(content, list) else [content]
