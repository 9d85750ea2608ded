"""What a delivery puts on the wire, and what it makes of what comes back."""

import asyncio
import gzip
import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import pytest

from orchestration.activation.connections import connections
from orchestration.activation.declaration import Limits
from orchestration.activation.transport import NOT_APPLIED

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


async def sent(request: httpx.Request, auth: httpx.Auth | None = None) -> httpx.Response:
    """The answer to a single request."""
    async with connections(LIMITS) as opened:
        return await opened.send(request, auth)


async def failed(handler: Handler, content: bytes = b"x") -> httpx.RequestError:
    """What sending to a server with this handler raises."""
    async with listening(handler) as url:
        with pytest.raises(httpx.RequestError) as raised:
            await sent(httpx.Request("POST", url, content=content))
    return raised.value


def test_a_request_arrives_as_its_destination_wrote_it() -> None:
    heads = []

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head, body = await request_of(reader)
        heads.append(head)
        writer.write(answer(b'{"got":"' + body + b'"}', "Content-Type: application/json"))

    async def exchange() -> httpx.Response:
        async with listening(handler) as url:
            address = f"{url}/a%2Fb?email=ann%40acme.example"
            return await sent(httpx.Request("PATCH", address, content=b"row", headers={"X-A": "1"}))

    response = asyncio.run(exchange())
    assert response.json() == {"got": "row"}
    [head] = heads
    first, *others = head.strip().splitlines()
    assert first == "PATCH /a%2Fb?email=ann%40acme.example HTTP/1.1"
    names = {line.partition(":")[0].lower() for line in others}
    assert names == {"host", "x-a", "content-length"}


def test_a_packed_answer_is_unpacked_and_a_redirection_is_an_answer() -> None:
    packed = gzip.compress(json.dumps({"ok": True}).encode())

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_of(reader)
        whole = answer(packed, "Content-Encoding: gzip", "Location: http://127.0.0.1:9/")
        writer.write(whole.replace(b"200 OK", b"302 Found"))

    async def exchange() -> httpx.Response:
        async with listening(handler) as url:
            return await sent(httpx.Request("POST", url, content=b"x"))

    response = asyncio.run(exchange())
    assert (response.status_code, response.json()) == (302, {"ok": True})


async def hangs_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await request_of(reader)
    writer.close()


async def says_nothing(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await request_of(reader)
    await asyncio.sleep(1)


async def stops_half_way(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await request_of(reader)
    writer.write(answer(b'{"sent": true}')[:-4])
    writer.close()


async def speaks_no_http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await request_of(reader)
    writer.write(b"220 mail.acme.example ready\r\n")


async def unpacks_badly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await request_of(reader)
    writer.write(answer(b"not packed", "Content-Encoding: gzip"))


@pytest.mark.parametrize(
    "handler", [hangs_up, says_nothing, stops_half_way, speaks_no_http, unpacks_badly]
)
def test_what_the_vendor_may_have_taken_is_not_told_as_if_it_had_not(handler: Handler) -> None:
    error = asyncio.run(failed(handler))
    assert not isinstance(error, NOT_APPLIED)


def test_a_server_that_never_reads_is_given_up() -> None:
    async def handler(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
        await asyncio.sleep(5)

    error = asyncio.run(failed(handler, b"x" * 30_000_000))
    assert isinstance(error, httpx.TimeoutException)


def test_what_was_never_on_the_wire_is_told_as_such() -> None:
    addresses = {
        "http://127.0.0.1:9": httpx.ConnectError,
        "http://no-such-host.invalid": httpx.ConnectError,
        "ftp://127.0.0.1": httpx.UnsupportedProtocol,
        "127.0.0.1/hook": httpx.UnsupportedProtocol,
    }
    for address, kind in addresses.items():
        with pytest.raises(kind) as raised:
            asyncio.run(sent(httpx.Request("POST", address, content=b"x")))
        assert isinstance(raised.value, NOT_APPLIED), address


def test_a_secret_with_a_line_break_is_neither_sent_nor_told() -> None:
    class Pasted(httpx.Auth):
        async def async_auth_flow(
            self, request: httpx.Request
        ) -> AsyncGenerator[httpx.Request, httpx.Response]:
            request.headers["Authorization"] = "Bearer s3cret\n"
            yield request

    with pytest.raises(httpx.LocalProtocolError) as raised:
        asyncio.run(sent(httpx.Request("POST", "http://127.0.0.1:9", content=b"x"), Pasted()))
    assert "s3cret" not in str(raised.value)


def test_requests_go_by_the_proxy_that_the_environment_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heads = []

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head, _ = await request_of(reader)
        heads.append(head.splitlines()[0])
        writer.write(answer(b"{}"))

    async def exchange(proxy_passed_by: str) -> None:
        async with listening(handler) as url:
            monkeypatch.setenv("http_proxy", url)
            monkeypatch.setenv("no_proxy", proxy_passed_by)
            await sent(httpx.Request("POST", "http://crm.invalid/rows", content=b"x"))

    asyncio.run(exchange("acme.example"))
    assert heads == ["POST http://crm.invalid/rows HTTP/1.1"]
    with pytest.raises(httpx.ConnectError):
        asyncio.run(exchange("crm.invalid"))
