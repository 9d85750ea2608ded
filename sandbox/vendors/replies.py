"""What emulators answer with: refusals raised anywhere in a handler, and JSON read strictly."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response


class Refusal(Exception):
    """A request the vendor refuses: HTTP status and the vendor's own error body."""

    def __init__(self, status: int, body: object, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status)
        self.status = status
        self.body = body
        self.headers = headers

    def response(self) -> Response:
        """The refusal as it goes over the wire."""
        return JSONResponse(self.body, self.status, self.headers)


async def refuse(_request: Request, error: Exception) -> Response:
    """Starlette exception handler that turns a `Refusal` into its response."""
    if not isinstance(error, Refusal):
        raise error
    return error.response()


async def read_object(request: Request, malformed: Callable[[], Refusal]) -> dict[str, Any]:
    """The body as a JSON object; raises what `malformed` gives if it is anything else."""
    try:
        body = json.loads(await request.body())
    except ValueError:
        raise malformed() from None
    if not isinstance(body, dict):
        raise malformed()
    return body
