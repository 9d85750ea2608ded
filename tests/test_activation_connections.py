"""What a delivery puts on the wire, and what it makes of what comes back."""

import asyncio
import gzip
import json
from collections.abc import AsyncGenerator

import httpx
import pytest

from orchestration.activation.connections import connections
from orchestration.activation.transport import NOT_APPLIED
from tests.loopback import LIMITS, Handler, answer, listening, noting, request_of, sent


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
        "http://api..acme.invalid": httpx.ConnectError,
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


def test_a_connection_that_the_vendor_closed_after_its_answer_is_not_used_again() -> None:
    heads: list[str] = []
    answers = noting(heads)

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await answers(reader, writer)
        writer.close()

    async def exchange() -> None:
        async with listening(handler) as url, connections(LIMITS) as opened:
            for _ in range(10):
                await opened.send(httpx.Request("POST", url, content=b"x"), None)

    asyncio.run(exchange())
    assert len(heads) == 10


@pytest.mark.parametrize("method", ["PUT", "DELETE", "POST"])
def test_nothing_is_sent_again_by_itself(method: str) -> None:
    heads: list[str] = []
    answers = noting(heads)

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await answers(reader, writer)
        await hangs_up(reader, writer)
        heads.append("and read another one")

    async def exchange() -> None:
        async with listening(handler) as url, connections(LIMITS) as opened:
            request = httpx.Request(method, url, content=b"x")
            await opened.send(request, None)
            with pytest.raises(httpx.ReadError):
                await opened.send(request, None)

    asyncio.run(exchange())
    assert len(heads) == 2


def test_an_answer_with_a_header_of_many_kilobytes_is_read() -> None:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_of(reader)
        writer.write(answer(b"{}", "Content-Security-Policy: " + "x" * 50_000))

    async def exchange() -> httpx.Response:
        async with listening(handler) as url:
            return await sent(httpx.Request("POST", url, content=b"x"))

    assert asyncio.run(exchange()).status_code == 200


def test_a_header_overrules_the_user_in_an_address() -> None:
    heads: list[str] = []

    async def exchange() -> None:
        async with listening(noting(heads)) as url:
            address = url.replace("//", "//ann:s3cret@")
            named = {"Authorization": "Bearer word"}
            await sent(httpx.Request("POST", address, content=b"x", headers=named))

    asyncio.run(exchange())
    assert "Authorization: Bearer word\r\n" in heads[0]


def test_a_name_that_nobody_resolves_is_given_up_in_time_and_nothing_was_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def silence(*_: object, **__: object) -> None:
        await asyncio.sleep(5)

    async def exchange() -> None:
        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", silence)
        await sent(httpx.Request("POST", "http://crm.invalid", content=b"x"))

    with pytest.raises(httpx.ConnectTimeout):
        asyncio.run(exchange())


def test_requests_go_by_the_proxy_that_the_environment_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heads: list[str] = []

    async def exchange(proxy_passed_by: str, scheme: str) -> None:
        async with listening(noting(heads)) as url:
            monkeypatch.setenv("http_proxy", url.replace("http://", scheme))
            monkeypatch.setenv("no_proxy", proxy_passed_by)
            await sent(httpx.Request("POST", "http://crm.invalid:81/rows", content=b"x"))

    asyncio.run(exchange("acme.example", "http://"))
    asyncio.run(exchange("acme.example", ""))
    lines = [head.splitlines()[0] for head in heads]
    assert lines == 2 * ["POST http://crm.invalid:81/rows HTTP/1.1"]
    for passed_by in ("crm.invalid", "crm.invalid:81"):
        with pytest.raises(httpx.ConnectError):
            asyncio.run(exchange(passed_by, "http://"))
    with pytest.raises(httpx.UnsupportedProtocol):
        asyncio.run(exchange("acme.example", "socks5://"))
    assert len(heads) == 2
