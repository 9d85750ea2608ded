"""What emulators have in common: a budget of requests, credentials, the vendor's own refusals."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.vendors.control import EditableVendor
from sandbox.vendors.gate import Vendor
from sandbox.vendors.limits import Limits, RollingLimit
from sandbox.vendors.replies import Refusal, refuse


class Emulator:
    """A vendor in memory. A subclass says who may in, and puts errors in the vendor's words."""

    # Paths that need no credentials, such as the one that sells tokens.
    open_paths: tuple[str, ...] = ()

    def __init__(self, routes: Sequence[Route], limit: RollingLimit) -> None:
        self._limit = limit
        self.app = Starlette(routes=routes, exception_handlers={Refusal: refuse})

    def is_authorized(self, request: Request) -> bool:
        """Whether the request carries the credentials."""
        raise NotImplementedError

    def error(self, status: int) -> object:
        """The vendor's error body for 401, 429, 500 and 503."""
        raise NotImplementedError

    def dump(self) -> dict[str, Any]:
        """Everything it holds, by table and record id."""
        raise NotImplementedError

    def admit(self, request: Request) -> Response | None:
        """401 without credentials, 429 over the limit."""
        if request.url.path not in self.open_paths and not self.is_authorized(request):
            return self.refusal(401)
        return None if self._limit.admit() else self.refusal(429)

    def refusal(self, status: int) -> Response:
        """The vendor's own error, with `Retry-After` where the vendor sends it."""
        headers = {"Retry-After": "1"} if status == 429 else None
        return JSONResponse(self.error(status), status, headers)


@dataclass(frozen=True)
class Emulated:
    """An emulator on offer: the variables with its address and its secrets, and how it is made.

    `make` is handed the secrets by name. `path` is what the address ends in.
    """

    address: str
    secrets: tuple[str, ...]
    make: Callable[[Mapping[str, str], Limits], Vendor]
    path: str = ""


@dataclass(frozen=True, kw_only=True)
class Populated(Emulated):
    """One that people edit, and that a world fills with the files of its `folder`.

    `fill` is handed that folder too, or None for an empty one.
    """

    folder: str
    fill: Callable[[Mapping[str, str], Limits, Path | None], EditableVendor]
