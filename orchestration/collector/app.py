"""The HTTP side of the collector: paths, answers, limits of a request."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import unquote_to_bytes

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from orchestration.collector.address import kept_address
from orchestration.collector.envelope import document, too_large, write_key
from orchestration.collector.keys import Keys, Source
from orchestration.collector.limits import Limits, Refused
from orchestration.collector.message import KINDS, Origin, lines, now
from orchestration.collector.metrics import Metrics
from orchestration.collector.pace import Pace
from orchestration.collector.spool import Spool

# A wildcard does not stand for Authorization, so that is named.
_CROSS_ORIGIN = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "POST",
    "access-control-allow-headers": "*, Authorization",
    "access-control-expose-headers": "Retry-After",
    "access-control-max-age": "86400",
}
_TOLD = b'{"success": true}'
# A sender that is cut off while it still writes may never read the answer.
_READ_ON = 8


class Collector:
    """Takes requests, and answers 200 when their events are in the spool."""

    def __init__(self, keys: Keys, spool: Spool, limits: Limits, metrics: Metrics) -> None:
        self._keys = keys
        self._spool = spool
        self._limits = limits
        self._metrics = metrics
        self._paces = {key: Pace(source.events_per_second) for key, source in keys.sources.items()}

    def app(self) -> Starlette:
        """The application; its lifespan opens and closes the spool."""
        app = Starlette(
            routes=[
                Route("/v1/{kind}", self._take, methods=["POST", "OPTIONS"]),
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
        if request.method == "OPTIONS":
            return self._answer(Response(status_code=204))
        try:
            source, events = await self._stored(request)
        except Refused as refused:
            self._metrics.refusals[refused.reason] += 1
            return self._answer(_refusal(refused))
        except ClientDisconnect:
            return self._answer(Response(status_code=400))
        self._metrics.acknowledged[source.name] += events
        return self._answer(Response(_TOLD, media_type="application/json"))

    async def _stored(self, request: Request) -> tuple[Source, int]:
        """Whose events are on disk now, and how many; raises Refused."""
        self._refuse_key_in_address(request)
        kind = KINDS.get(request.path_params["kind"])
        if kind is None:
            raise Refused(404, "path", "There is no such method.")
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
        messages = lines(kind, content, origin, self._limits.message_bytes)
        self._paces[key].take(len(messages))
        await self._spool.append(b"".join(messages))
        return source, len(messages)

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
        return self._answer(_refusal(Refused(status, "path", "There is no such method.")))

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
