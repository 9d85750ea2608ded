"""How many requests a vendor takes in a rolling window."""

import time
from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Requests that each vendor takes; the defaults are those of the smallest paid plans."""

    hubspot_ten_seconds: int = 100
    hubspot_search_second: int = 5
    salesforce_day: int = 100_000
    webhook_second: int = 1_000
    requests_second: int = 1_000
    pipedrive_day_tokens: int = 30_000


class RollingLimit:
    """At most `limit` admissions in any `seconds` seconds; refused requests do not count."""

    def __init__(self, limit: int, seconds: float) -> None:
        self.limit = limit
        self.seconds = seconds
        self._admitted: deque[float] = deque()

    def admit(self) -> bool:
        """Whether one more request fits now; it is counted if so."""
        now = time.monotonic()
        while self._admitted and now - self._admitted[0] >= self.seconds:
            self._admitted.popleft()
        if len(self._admitted) >= self.limit:
            return False
        self._admitted.append(now)
        return True

    @property
    def used(self) -> int:
        """Requests counted in the present window."""
        return len(self._admitted)
