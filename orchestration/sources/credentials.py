"""How a reading request proves who sends it: fixed headers, HTTP Basic, a token that is renewed."""

from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any

from requests import PreparedRequest, Response
from requests.auth import AuthBase


class HeadersAuth(AuthBase):
    """The same headers on every request."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = dict(headers)

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Adds the headers."""
        request.headers.update(self._headers)
        return request


class RenewedToken(AuthBase):
    """A token that `buy` returns, bought again once a request is answered 401."""

    def __init__(self, buy: Callable[[], str], scheme: str = "Bearer") -> None:
        self._buy = buy
        self._scheme = scheme
        self._token = ""
        self._lock = Lock()

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Adds the token at hand."""
        used = self._token or self._renewed("")
        request.headers["Authorization"] = f"{self._scheme} {used}"

        def renew(response: Response, **settings: Any) -> Response:  # noqa: ANN401 - of requests
            if response.status_code != 401:
                return response
            return self._again(response, used, settings)

        request.register_hook("response", renew)
        return request

    def _again(self, response: Response, used: str, settings: dict[str, Any]) -> Response:
        """The same request with a new token, once."""
        # Read to its end, or the connection could not be used again.
        _ = response.content
        response.close()
        request = response.request.copy()
        request.headers["Authorization"] = f"{self._scheme} {self._renewed(used)}"
        answered: Response = response.connection.send(request, **settings)
        answered.history.append(response)
        answered.request = request
        return answered

    def _renewed(self, used: str) -> str:
        with self._lock:
            if self._token == used:
                self._token = self._buy()
            return self._token
