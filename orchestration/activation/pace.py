"""Keeps all requests to one account within its budget, whichever syncs and processes make them."""

import asyncio
import fcntl
import os
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MOMENT = struct.Struct("d")
# A moment further ahead than any pause was written before the clock was set back.
IMPLAUSIBLE_SECONDS = 3600.0
# Turns of so short a time are reserved together: to open the file takes longer than a turn then.
TOGETHER_SECONDS = 0.01


class Pace:
    """A turn every 1 / `requests_per_second` seconds for all who share `file`, none in a pause."""

    def __init__(self, file: Path, requests_per_second: float) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._file = file
        self._interval = 1 / requests_per_second
        self._together = max(1, int(requests_per_second * TOGETHER_SECONDS))
        self._at_hand = 0
        self._good_until = 0.0

    async def turn(self) -> None:
        """Waits for the caller's turn."""
        if self._at_hand and time.time() < self._good_until:
            self._at_hand -= 1
            return
        while (wait := self._reserved()) > 0:
            await asyncio.sleep(wait)

    def pause(self, seconds: float) -> None:
        """Nobody gets a turn for so long, but for those that others have reserved already."""
        self._at_hand = 0
        with self._upcoming() as (descriptor, upcoming):
            until = max(upcoming, time.time() + seconds)
            os.pwrite(descriptor, MOMENT.pack(until), 0)

    def _reserved(self) -> float:
        """0 if it is the caller's turn, which is then taken; else the seconds until it may be."""
        with self._upcoming() as (descriptor, upcoming):
            now = time.time()
            if upcoming <= now:
                # What was not used in time is lost, but a late waker loses nothing.
                moment = max(upcoming, now - self._interval) + self._interval * self._together
                os.pwrite(descriptor, MOMENT.pack(moment), 0)
                self._at_hand, self._good_until = self._together - 1, now + TOGETHER_SECONDS
                return 0
            return upcoming - now

    @contextmanager
    def _upcoming(self) -> Iterator[tuple[int, float]]:
        """The open file under its lock, and the moment of the next turn."""
        descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            content = os.pread(descriptor, MOMENT.size, 0)
            upcoming = MOMENT.unpack(content)[0] if len(content) == MOMENT.size else 0.0
            if upcoming > time.time() + IMPLAUSIBLE_SECONDS:
                upcoming = 0.0
            yield descriptor, upcoming
        finally:
            os.close(descriptor)
