"""The HTTP side of the collector: paths, answers, limits of a request."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from urllib.parse import unquote_to_bytes

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from orchestration.collector.address import kept_address
from orchestration.collector.envelope import document, json_value, too_large, write_key
from orchestration.collector.keys import Keys
from orchestration.collector.limits import Limits, Refused
from orchestration.collector.message import KINDS, Origin, lines, now
from orchestration.collector.metrics import Metrics
from orchestration.collector.pace import Pace
from orchestration.collector.signatures import SIGNED, Delivery
from orchestration.collector.spool import Spool
from orchestration.collector.webhooks import messages

# A wildcard does not stand for Authorization, so that is named.
_CROSS_ORIGIN = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "POST",
    "access-control-allow-headers": "*, Authorization",
    "access-control-expose-headers": "Retry-After",
    "access-control-max-age": "86400",
}
# Nothing in it belongs to a request, so that one serves all.
_SUCCESS = Response(b'{"success": true}', media_type="application/json", headers=_CROSS_ORIGIN)
# A sender that is cut off while it still writes may never read the answer.
_READ_ON = 8
_NO_SUCH_PATH = "There is no such path."
# The name of who sent them, and their lines.
_Events = tuple[str, bytes]


class Collector:
    """Takes requests, and answers 200 when their events are in the spool."""

    def __init__(self, keys: Keys, spool: Spool, limits: Limits, metrics: Metrics) -> None:
        self._keys = keys
        self._spool = spool
        self._limits = limits
        self._metrics = metrics
        self._paces = {sender.name: Pace(sender.events_per_second) for sender in keys.opened}

    def app(self) -> Starlette:
        """The application; its lifespan opens and closes the spool."""
        app = Starlette(
            routes=[
                Route("/v1/{kind}", self._take, methods=["POST", "OPTIONS"]),
                Route("/v1/webhooks/{name}", self._hear, methods=["POST"]),
                Route("/healthz", self._health),
                Route("/metrics", self._figures),
            ],
            lifespan=self._lifespan,
            exception_handlers={HTTPException: self._unknown},
        )
        # A redirect would repeat the URL, and a POST does not follow it.
        app.router.redirect_slashes = False
        return app

    @asynccontextmanager
    async def _lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        self._spool.open()
        try:
            yield
        finally:
            await asyncio.to_thread(self._spool.close)

    async def _take(self, request: Request) -> Response:
        """A request of the tracking API."""
        if request.method == "OPTIONS":
            return self._answer(Response(status_code=204))
        return await self._answered(request, self._sent)

    async def _hear(self, request: Request) -> Response:
        """A vendor's webhook."""
        return await self._answered(request, self._told)

    async def _answered(
        self, request: Request, read: Callable[[Request], Awaitable[_Events]]
    ) -> Response:
        """Success when the events that `read` finds in a request are on disk; else why not."""
        try:
            self._refuse_key_in_address(request)
            name, text = await read(request)
            events = text.count(b"\n")
            self._paces[name].take(events)
            await self._spool.append(text)
        except Refused as refused:
            self._metrics.refusals[refused.reason] += 1
            return self._answer(_refusal(refused))
        except ClientDisconnect:
            return self._answer(Response(status_code=400))
        self._metrics.acknowledged[name] += events
        self._metrics.answers["200"] += 1
        return _SUCCESS

    async def _sent(self, request: Request) -> _Events:
        """Who sent messages, and their lines; raises Refused."""
        kind = KINDS.get(request.path_params["kind"])
        if kind is None:
            raise Refused(404, "path", _NO_SUCH_PATH)
        body = await self._body(request)
        encoding = request.headers.get("content-encoding", "").strip().lower()
        content = document(body, encoding, self._limits)
        key = write_key(request.headers.get("authorization", ""), content)
        source = self._keys.sources.get(key)
        if source is None:
            raise Refused(401, "key", "The write key is missing or unknown.")
        origin = Origin(
            source=source.name,
            address=kept_address(request.client.host if request.client else None, source.ip),
            address_rule=source.ip,
            received_at=now(),
            has_privacy_signal=request.headers.get("sec-gpc", "").strip() == "1",
        )
        return source.name, lines(kind, content, origin, self._limits.message_bytes)

    async def _told(self, request: Request) -> _Events:
        """Which webhook tells of events, and their lines; raises Refused."""
        endpoint = self._keys.webhooks.get(request.path_params["name"])
        if endpoint is None:
            raise Refused(404, "path", "There is no such webhook.")
        webhook = endpoint.webhook
        body = await self._body(request)
        delivery = Delivery(
            request.headers, body, webhook.url or "", endpoint.secret, received_at=time.time()
        )
        if not SIGNED[webhook.kind](delivery):
            raise Refused(401, "signature", "The signature is missing, wrong or too old.")
        # A vendor's event may fill a request; to refuse it for its size would lose it for good.
        most = 2 * self._limits.request_bytes
        origin = Origin(webhook.name, None, "drop", now(), webhook=webhook.kind)
        try:
            told = messages(webhook, json_value(body), request.headers)
        except ValueError:
            raise Refused(400, "depth", "An event is nested too deeply.") from None
        return webhook.name, lines("batch", {"batch": told}, origin, most)

    async def _body(self, request: Request) -> bytes:
        """The body as it came over the wire; raises Refused if too large or too slow."""
        body = bytearray()
        size = 0
        try:
            async with asyncio.timeout(self._limits.body_seconds):
                async for chunk in request.stream():
                    size += len(chunk)
                    if size <= self._limits.request_bytes:
                        body += chunk
                    elif size > _READ_ON * self._limits.request_bytes:
                        break
        except TimeoutError:
            raise Refused(408, "slow", "The body did not arrive in time.") from None
        if size > self._limits.request_bytes:
            raise too_large(self._limits)
        return bytes(body)

    def _refuse_key_in_address(self, request: Request) -> None:
        """A key in the URL would stand in the logs of every proxy on its way."""
        scope = request.scope
        address = unquote_to_bytes(scope["raw_path"] + b"?" + scope["query_string"])
        named = b"writekey=" in address.lower().replace(b"_", b"")
        if named or any(key.encode() in address for key in self._keys.sources):
            raise Refused(400, "key_in_url", "Send the write key as Basic user, not in the URL.")

    async def _health(self, _request: Request) -> Response:
        is_well = self._metrics.is_writable
        status = "ok" if is_well else "the spool cannot be written"
        return JSONResponse({"status": status}, status_code=200 if is_well else 503)

    async def _figures(self, _request: Request) -> Response:
        return PlainTextResponse(self._metrics.text(), media_type="text/plain; version=0.0.4")

    async def _unknown(self, _request: Request, found: Exception) -> Response:
        status = found.status_code if isinstance(found, HTTPException) else 500
        words = "This path takes another method." if status == 405 else _NO_SUCH_PATH
        return self._answer(_refusal(Refused(status, "path", words)))

    def _answer(self, response: Response) -> Response:
        self._metrics.answers[str(response.status_code)] += 1
        response.headers.update(_CROSS_ORIGIN)
        return response


def _refusal(refused: Refused) -> Response:
    headers = {}
    if refused.retry_after is not None:
        headers["retry-after"] = str(refused.retry_after)
    if refused.status in (408, 413):
        headers["connection"] = "close"
    content = {"success": False, "code": refused.reason, "message": refused.text}
    return JSONResponse(content, status_code=refused.status, headers=headers)
