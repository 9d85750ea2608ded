"""The front of every emulator: counts requests, plays the ordered faults, serves the controls."""

import asyncio
import socket
import struct
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, cast

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Message, Receive, Scope, Send

from sandbox.vendors.faults import Fault, Faults

PROXY_PAGE = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Vendor(Protocol):
    """What the gate needs from an emulator."""

    app: Starlette

    def admit(self, request: Request) -> Response | None:
        """The refusal of a request that lacks credentials or exceeds a limit, else None."""

    def refusal(self, status: int) -> Response:
        """The vendor's own error for 401, 403, 429, 500 or 503."""

    def dump(self) -> dict[str, Any]:
        """Everything it holds, by table and record id."""


class Gate:
    """An ASGI application around one vendor; paths under `/_sandbox` go to the controls."""

    def __init__(self, vendor: Vendor, controls: Callable[["Gate"], Starlette]) -> None:
        self.vendor = vendor
        self.faults = Faults()
        self.requests: Counter[str] = Counter()
        self._controls = controls(self)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        if scope["path"].startswith("/_sandbox/"):
            await self._controls(scope, receive, send)
            return
        self.requests[f"{scope['method']} {scope['path']}"] += 1
        fault = self.faults.draw(scope["path"])
        if fault is None:
            await self._serve(scope, receive, send)
        elif fault in ("500_after", "reset_after", "slow"):
            await self._late(fault, scope, receive, send)
        elif fault == "reset":
            await reset(send)
        else:
            await self._refused(fault)(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = self.vendor.admit(Request(scope))
        await (refused or self.vendor.app)(scope, receive, send)

    async def _late(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the vendor do its work, then lose or delay what it says."""
        reply: list[Message] = []
        await self._serve(scope, receive, collect(reply))
        if fault == "500_after":
            await self.vendor.refusal(500)(scope, receive, send)
        elif fault == "reset_after":
            await reset(send)
        else:
            await asyncio.sleep(self.faults.plan.slow_seconds)
            for message in reply:
                await send(message)

    def _refused(self, fault: Fault) -> Response:
        if fault == "garbage":
            return HTMLResponse(PROXY_PAGE)
        if fault == "empty":
            return JSONResponse({})
        return self.vendor.refusal(500 if fault == "500_before" else int(fault))


def collect(messages: list[Message]) -> Callable[[Message], Awaitable[None]]:
    """An ASGI `send` that keeps the messages instead of sending them."""

    async def send(message: Message) -> None:
        messages.append(message)

    return send


async def reset(send: Send) -> None:
    """Reset the TCP connection; ASGI has no word for it, so it goes through uvicorn's transport."""
    transport = cast(Any, send).__self__.transport
    connection = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
    transport.abort()
    # uvicorn must learn of the loss before this returns, or it would log a missing response.
    await asyncio.sleep(0.01)
