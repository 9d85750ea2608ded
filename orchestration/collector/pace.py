"""How many events a source may send in a second."""

import math
import time
from collections.abc import Callable

from orchestration.collector.limits import Refused


class Pace:
    """A bucket that holds the events of two seconds; a batch may empty it below zero."""

    def __init__(self, events_per_second: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = events_per_second
        self._clock = clock
        self._left = 2.0 * events_per_second
        self._seen = clock()

    def take(self, events: int) -> None:
        """Let that many events through; raises Refused with the seconds to wait if none may."""
        now = self._clock()
        self._left = min(2.0 * self._rate, self._left + (now - self._seen) * self._rate)
        self._seen = now
        if self._left <= 0:
            seconds = max(1, math.ceil(-self._left / self._rate))
            raise Refused(429, "rate", "Too many events for now.", retry_after=seconds)
        self._left -= events
