"""Keeps all requests of a run within the destination's budget."""

import asyncio
import time


class Pace:
    """A turn every 1 / `requests_per_second` seconds, and none during a pause."""

    def __init__(self, requests_per_second: float) -> None:
        self._interval = 1 / requests_per_second
        self._next = 0.0

    async def turn(self) -> None:
        """Waits for the caller's turn, in the order of asking."""
        while (wait := self._next - time.monotonic()) > 0:
            await asyncio.sleep(wait)
        self._next = time.monotonic() + self._interval

    def pause(self, seconds: float) -> None:
        """Nobody gets a turn for so long."""
        self._next = max(self._next, time.monotonic() + seconds)
