"""A table of days, the last of which are read anew each time."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from orchestration.sources.vendor import Row, row


class Windowed:
    """A table whose last days are read anew each time; what is no longer told there is deleted."""

    def __init__(self, state: dict[str, Any], wanted: object, days: int) -> None:
        """Reading starts anew when something else is `wanted` than last time."""
        self.today = datetime.now(UTC).date()
        self._state = state
        self._wanted = json.dumps(wanted)
        self._days = days
        self._seen: dict[str, str] = {}

    def start(self, first_days: int) -> date:
        """The first day to read: of the window, or of the longer one of the first time.

        After a pause the window reaches back to where the last reading ended.
        """
        if self._state.get("wanted") != self._wanted:
            return self.today - timedelta(days=first_days)
        last = date.fromisoformat(self._state["until"])
        return min(last, self.today) - timedelta(days=self._days)

    def saw(self, rows: Iterator[Row], start: date) -> Iterator[Row]:
        """Pass rows on without their day `on`; then what was told of these days and is not now."""
        for each in rows:
            self._seen[each["record_id"]] = each.pop("on")
            yield each
        gone = {
            record_id: on
            for record_id, on in self._state.get("told", {}).items()
            if record_id not in self._seen and on >= start.isoformat()
        }
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        yield from (row({}, record_id, now, is_deleted=True) for record_id in gone)

    def advance(self) -> None:
        """The days have been read to their end."""
        # The next reading begins here.
        oldest = (self.today - timedelta(days=self._days)).isoformat()
        told = {record_id: on for record_id, on in self._seen.items() if on >= oldest}
        self._state.update(until=self.today.isoformat(), wanted=self._wanted, told=told)
