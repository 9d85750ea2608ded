"""The connections of one delivery: as many as it sends batches at a time.

Requests and answers are httpx's, because everybody reads those; aiohttp is what puts them on the
wire, at an eighth of the time that it costs httpx itself.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import cache
from itertools import chain
from ssl import SSLContext
from urllib.request import getproxies, proxy_bypass

import aiohttp
import httpx
from yarl import URL

from orchestration.activation.declaration import Limits

# The destination decides what a request says of itself.
UNASKED = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")
NOT_IN_HEADERS = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
# Some vendors' policies take more than the 8 KiB that aiohttp reads by default.
LONGEST_HEADER = 100_000
# An exchange in which something always happens ends after so many times the patience with silence.
LONGEST = 10


class Connections:
    """Sends requests, each at once; `connections` opens and closes what this needs."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session
        self._proxies = getproxies()

    async def send(self, request: httpx.Request, auth: httpx.Auth | None) -> httpx.Response:
        """The answer to a request, authenticated; raises httpx.RequestError without one."""
        if auth is None:
            return await self._answer(request)
        flow = auth.async_auth_flow(request)
        try:
            response = await self._answer(await anext(flow))
            with suppress(StopAsyncIteration):
                while True:
                    response = await self._answer(await flow.asend(response))
            return response
        finally:
            await flow.aclose()

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        headers = request.headers.raw
        # Such as in a secret that was pasted with its line break; aiohttp would repeat it.
        if any(map(NOT_IN_HEADERS.search, chain.from_iterable(headers))):
            raise httpx.LocalProtocolError("a control character in a header", request=request)
        # A connection that the vendor has closed meanwhile is only known as such once the loop has
        # looked (first turn) and heard (second), and a request on it would be in doubt.
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        with _as_httpx_has_it(request):
            async with self._session.request(
                request.method,
                URL(_address(request), encoded=True),
                headers=[(name.decode(), value.decode()) for name, value in headers],
                data=request.content or None,
                allow_redirects=False,
                skip_auto_headers=UNASKED,
                proxy=self._proxy(request),
                ssl=_trusted() if request.url.scheme == "https" else True,
            ) as answer:
                content = await answer.read()
            return httpx.Response(
                answer.status, headers=answer.raw_headers, content=content, request=request
            )

    def _proxy(self, request: httpx.Request) -> str | None:
        """The one that HTTP_PROXY and its like name, unless NO_PROXY does."""
        # aiohttp would look for it itself, and for a .netrc, in a thread and at each request.
        proxy = self._proxies.get(request.url.scheme, self._proxies.get("all"))
        if proxy is None or proxy_bypass(request.url.netloc.decode()):
            return None
        if "://" not in proxy:
            return f"http://{proxy}"
        if not proxy.startswith(("http://", "https://")):
            raise httpx.UnsupportedProtocol("a proxy that does not speak HTTP", request=request)
        return proxy


@asynccontextmanager
async def connections(limits: Limits) -> AsyncIterator[Connections]:
    """As many as batches are sent at a time, each silent for at most `timeout_seconds`."""
    patience = limits.timeout_seconds
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=limits.concurrency),
        timeout=aiohttp.ClientTimeout(
            total=patience * LONGEST, connect=patience, sock_read=patience
        ),
        max_line_size=LONGEST_HEADER,
        max_field_size=LONGEST_HEADER,
        cookie_jar=aiohttp.DummyCookieJar(),
        # What an answer is packed in, httpx unpacks.
        auto_decompress=False,
    ) as session:
        # It would repeat a PUT or a DELETE itself, past the account's budget and the attempts.
        session._retry_connection = False
        yield Connections(session)


def _address(request: httpx.Request) -> str:
    """Where it goes; a user and a password in it are overruled by a header."""
    url = request.url
    if url.userinfo and "Authorization" in request.headers:
        url = url.copy_with(username=None, password=None)
    return str(url)


@cache
def _trusted() -> SSLContext:
    return httpx.create_ssl_context()


@contextmanager
def _as_httpx_has_it(request: httpx.Request) -> Iterator[None]:
    """What went wrong, told by whether the vendor can have got the request."""
    try:
        yield
    except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError) as error:
        raise httpx.UnsupportedProtocol(str(error), request=request) from None
    except aiohttp.ConnectionTimeoutError as error:
        raise httpx.ConnectTimeout(str(error), request=request) from None
    except aiohttp.ClientConnectorError as error:
        raise httpx.ConnectError(str(error), request=request) from None
    except TimeoutError as error:
        raise httpx.ReadTimeout(str(error), request=request) from None
    except UnicodeError as error:
        # A name that cannot be one of a host.
        raise httpx.ConnectError(str(error), request=request) from None
    except (aiohttp.ClientError, ValueError) as error:
        raise httpx.ReadError(str(error), request=request) from None
