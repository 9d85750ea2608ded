"""How a request proves who sends it: fixed headers, OAuth tokens that are renewed, WSSE."""

import asyncio
import base64
import hashlib
import secrets
from collections.abc import AsyncGenerator, Mapping
from datetime import UTC, datetime

import httpx


class CredentialsRefused(httpx.RequestError):
    """No token could be had; the text is the vendor's code, and nothing was sent."""


class Headers(httpx.Auth):
    """The same headers on every request."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = dict(headers)

    async def async_auth_flow(
        self, request: httpx.Request
    ) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Adds the headers."""
        request.headers.update(self._headers)
        yield request


class OAuth(httpx.Auth):
    """A token that a form buys at `url` (RFC 6749), and buys again once a request gets a 401.

    `scheme` goes before the token in the Authorization header. A form that buys nothing raises
    CredentialsRefused.
    """

    requires_response_body = True

    def __init__(self, url: str, form: Mapping[str, str], scheme: str = "Bearer") -> None:
        self._url = url
        self._form = dict(form)
        self._scheme = scheme
        self._token = ""
        self._lock = asyncio.Lock()

    async def async_auth_flow(
        self, request: httpx.Request
    ) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Sends with the token at hand; a 401 buys one new token for all who wait."""
        used = self._token
        if used:
            request.headers["Authorization"] = f"{self._scheme} {used}"
            response = yield request
            if response.status_code != 401:
                return
        async with self._lock:
            if self._token == used:
                answer = yield httpx.Request("POST", self._url, data=self._form)
                await answer.aread()
                self._token = _token(answer)
                if not self._token:
                    raise CredentialsRefused(_code(answer), request=request)
        request.headers["Authorization"] = f"{self._scheme} {self._token}"
        yield request


class Wsse(httpx.Auth):
    """A digest of a secret that is good for one request (X-WSSE, as Emarsys asks for)."""

    def __init__(self, user: str, secret: str) -> None:
        self._user = user
        self._secret = secret

    async def async_auth_flow(
        self, request: httpx.Request
    ) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Adds a fresh nonce, the time, and the digest of both with the secret."""
        nonce, created = secrets.token_hex(16), datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        words = f"{nonce}{created}{self._secret}".encode()
        digest = base64.b64encode(hashlib.sha1(words).hexdigest().encode()).decode()  # noqa: S324 - the vendor's protocol
        request.headers["X-WSSE"] = (
            f'UsernameToken Username="{self._user}", PasswordDigest="{digest}", '
            f'Nonce="{nonce}", Created="{created}"'
        )
        yield request


def _token(answer: httpx.Response) -> str:
    return str(_content(answer).get("access_token") or "") if answer.is_success else ""


def _code(answer: httpx.Response) -> str:
    return str(_content(answer).get("error") or answer.status_code)


def _content(answer: httpx.Response) -> dict[str, object]:
    try:
        content = answer.json()
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}
