"""The connections of one delivery: as many as it sends batches at a time."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from types import TracebackType

import httpx

from orchestration.activation.declaration import Limits

ONE = httpx.Limits(max_connections=1)
# Steps of a request, as httpx's extension `trace` names them.
OUT_OF_TURN = {"connection.connect_tcp.started", "http11.send_request_body.started"}


class Connections:
    """Each is a client of its own: of a pool, httpx looks at every connection at each request."""

    def __init__(self, limits: Limits) -> None:
        trusted = httpx.create_ssl_context()
        timeout = httpx.Timeout(limits.timeout_seconds)
        self._idle = [
            httpx.AsyncClient(verify=trusted, limits=ONE, timeout=timeout)
            for _ in range(limits.concurrency)
        ]
        self._opened = AsyncExitStack()
        self._writing = asyncio.Lock()

    async def __aenter__(self) -> "Connections":
        for client in self._idle:
            await self._opened.enter_async_context(client)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._opened.aclose()

    async def send(self, request: httpx.Request, auth: httpx.Auth | None) -> httpx.Response:
        """The answer to a request; not for more requests at a time than there are connections."""
        turn = _Turn(self._writing)
        request.extensions["trace"] = turn.trace
        await self._writing.acquire()
        client = self._idle.pop()
        try:
            return await client.send(request, auth=auth)
        finally:
            turn.end()
            self._idle.append(client)


class _Turn:
    """The turn to write a request: until its head is out, or it has to connect first.

    Without turns, the requests of a moment are written a piece of each after the other, and all
    leave as late as the last one.
    """

    def __init__(self, writing: asyncio.Lock) -> None:
        self._writing = writing
        self._has_ended = False

    def end(self) -> None:
        """Lets the next request be written."""
        if not self._has_ended:
            self._has_ended = True
            self._writing.release()

    async def trace(self, event: str, _: Mapping[str, object]) -> None:
        """Follows the steps of the request."""
        if event in OUT_OF_TURN:
            self.end()
