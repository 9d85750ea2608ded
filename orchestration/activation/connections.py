"""The connections of one delivery: as many as it sends batches at a time."""

from contextlib import AsyncExitStack
from types import TracebackType

import httpx

from orchestration.activation.declaration import Limits

ONE = httpx.Limits(max_connections=1)


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
        client = self._idle.pop()
        try:
            return await client.send(request, auth=auth)
        finally:
            self._idle.append(client)
