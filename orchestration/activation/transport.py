"""Sends one request until it is answered: paced, repeated, and given up in time."""

import asyncio
from collections.abc import Generator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from secrets import SystemRandom
from typing import Literal, TypeVar

import httpx

from orchestration.activation.connections import Connections
from orchestration.activation.declaration import Limits
from orchestration.activation.pace import Pace
from orchestration.destinations.authorization import CredentialsRefused
from orchestration.destinations.protocol import ONCE, HttpDestination

ANSWERS = {400, 404, 409, 413, 422}
LONGEST_PAUSE = 120.0
HOPELESS = 3
Result = TypeVar("Result")
NOT_APPLIED = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)


class Undelivered(Exception):
    """No answer to a request, and what that makes of its rows."""

    def __init__(self, status: Literal["in_doubt", "unsent"]) -> None:
        super().__init__()
        self.status = status


class Transport:
    """All requests of one run. Once `stopped`, it sends nothing more; `failure` is the last one."""

    def __init__(
        self,
        connections: Connections,
        destination: HttpDestination,
        limits: Limits,
        pace: Pace,
    ) -> None:
        self.stopped = False
        self.failure = "left rows unanswered"
        self.requests = 0
        self._connections = connections
        self._destination = destination
        self._limits = limits
        self._pace = pace
        self._given_up = 0

    def stop(self, reason: str) -> None:
        """No further requests; the first reason stands."""
        if not self.stopped:
            self.stopped, self.failure = True, reason

    async def drive(self, exchange: Generator[httpx.Request, httpx.Response, Result]) -> Result:
        """Dispatches what the exchange yields and returns what it returns.

        Raises Undelivered, and what the exchange raises.
        """
        has_written = False
        try:
            request = next(exchange)
            while True:
                response = await self._answer(request, is_in_doubt=has_written)
                # Of several requests for one batch, those before a failure have done something.
                has_written |= response.is_success and request.method != "GET"
                request = exchange.send(response)
        except StopIteration as end:
            result: Result = end.value
            return result

    async def _answer(self, request: httpx.Request, *, is_in_doubt: bool) -> httpx.Response:
        for attempt in range(self._limits.attempts):
            await self._pace.turn()
            if self.stopped:
                break
            self.requests += 1
            try:
                response = await self._connections.send(request, self._destination.auth)
            except CredentialsRefused as refusal:
                self.stop(f"credentials refused: {refusal}")
                break
            except httpx.RequestError as error:
                is_in_doubt |= not isinstance(error, NOT_APPLIED)
                self._note(f"unreachable: {type(error).__name__}")
            else:
                if self._is_answer(response):
                    self._given_up = 0
                    return response
                is_in_doubt |= response.status_code >= 500 or response.status_code == 408
                self._note_failure(response, attempt)
            if is_in_doubt and ONCE in request.extensions:
                break
            if attempt + 1 < self._limits.attempts and not self.stopped:
                await asyncio.sleep(self._backoff(attempt))
        self._give_up()
        raise Undelivered("in_doubt" if is_in_doubt else "unsent")

    def _is_answer(self, response: httpx.Response) -> bool:
        if response.is_success:
            return True
        return response.status_code in ANSWERS and not self._destination.throttled(response)

    def _note_failure(self, response: httpx.Response, attempt: int) -> None:
        status = response.status_code
        self._note(f"answers {status}")
        asks_for_patience = status == 429 or self._destination.throttled(response)
        if status < 500 and status != 408 and not asks_for_patience:
            self.stop(f"answers {status}")
            return
        seconds = _retry_after(response)
        if seconds is not None and seconds > LONGEST_PAUSE:
            self.stop(f"answers {status} and asks to wait {seconds:.0f} seconds")
        elif seconds is not None:
            self._pace.pause(seconds)
        elif asks_for_patience:
            self._pace.pause(self._backoff(attempt))

    def _backoff(self, attempt: int) -> float:
        pause = min(30.0, self._limits.backoff_seconds * 2**attempt)
        return float(pause * SystemRandom().uniform(0.5, 1))

    def _give_up(self) -> None:
        self._given_up += 1
        if self._given_up >= HOPELESS:
            self.stop(self.failure)

    def _note(self, failure: str) -> None:
        if not self.stopped:
            self.failure = failure


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds that the header asks for, as a number or as a date; None without a usable one."""
    header: str | None = response.headers.get("Retry-After")
    if header is None:
        return None
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None
