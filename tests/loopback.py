"""A server on loopback that does nothing but what a test tells it, and single requests to it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx

from orchestration.activation.connections import connections
from orchestration.activation.declaration import Limits

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
LIMITS = Limits(timeout_seconds=0.2, concurrency=1)


@asynccontextmanager
async def listening(handler: Handler) -> AsyncIterator[str]:
    """The address of a server on loopback that does nothing but what the handler does."""
    server = await asyncio.start_server(handler, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"


async def request_of(reader: asyncio.StreamReader) -> tuple[str, bytes]:
    """Head and body of the next request."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    [length] = [
        line[16:] for line in head.splitlines() if line.lower().startswith("content-length")
    ]
    return head, await reader.readexactly(int(length))


def answer(body: bytes, *headers: str) -> bytes:
    """A complete answer."""
    lines = ("HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *headers)
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def noting(heads: list[str]) -> Handler:
    """A handler that answers, and keeps the heads of requests."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append((await request_of(reader))[0])
        writer.write(answer(b"{}"))

    return handler


async def sent(request: httpx.Request, auth: httpx.Auth | None = None) -> httpx.Response:
    """The answer to a single request."""
    async with connections(LIMITS) as opened:
        return await opened.send(request, auth)
