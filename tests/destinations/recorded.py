"""What a sync asks of an emulator, and what the emulator answers, from a first run to the last."""

from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from orchestration.activation.run import sync
from orchestration.warehouse import Home
from tests.activation_world import Person, people, publish, served
from tests.destinations.case import Case, renamed, vendor_of


@dataclass(frozen=True)
class Exchange:
    """One request and its answer."""

    method: str
    path: str
    asked: bytes
    status: int
    answered: bytes


class Recorder:
    """An application in front of another, which remembers what passes."""

    def __init__(self, app: ASGIApp) -> None:
        self.exchanges: list[Exchange] = []
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on one request."""
        asked, answered = bytearray(), bytearray()
        status = 0

        async def heard() -> Message:
            message = await receive()
            asked.extend(message.get("body", b""))
            return message

        async def said(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            answered.extend(message.get("body", b""))
            await send(message)

        await self._app(scope, heard, said)
        passed = (scope["method"], scope["path"], bytes(asked), status, bytes(answered))
        self.exchanges.append(Exchange(*passed))


def recorded(case: Case, **changes: object) -> list[Exchange]:
    """A first run; then some change, one loses a value, some leave and withdraw, one is new.

    The vendor refuses one of them both times. A run after each asks what became of jobs.
    """
    nothing: Any = None
    first = [*people(6), case.bad]
    then = [
        renamed(first[0]),
        replace(first[1], first_name=nothing, city=nothing),
        first[2],
        replace(first[3], is_member=False),
        replace(first[4], is_granted=False),
        first[5],
        case.bad,
        Person("c00099", "newcomer@example.com", "Alan"),
    ]
    secrets = case.secrets()
    vendor = vendor_of(case, secrets)
    recorder = vendor.app = Recorder(vendor.app)
    with TemporaryDirectory() as folder, served(vendor) as at:
        home, environment = Home(Path(folder)), case.environment(at, secrets)
        for persons in (first, then):
            publish(home, persons)
            for _ in range(2):
                sync(case.declared(**changes), home, environment)
    return recorder.exchanges
