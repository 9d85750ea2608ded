"""The clock and the table that every emulator stands on."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from sandbox.vendors.state import Clock, Record, Table

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_every_tick_is_later_than_the_last_and_than_anything_seen() -> None:
    clock = Clock()
    future = datetime.now(UTC) + timedelta(days=1)
    clock.saw(future)
    ticks = [clock.tick() for _ in range(100)]
    assert ticks[0] > future
    assert all(earlier < later for earlier, later in pairwise(ticks))


def test_a_record_is_found_by_its_present_value_only() -> None:
    table = Table(["email"])
    table.put(Record("10", {"email": "Old@example.com"}, NOW))
    table.put(Record("9", {"email": "old@EXAMPLE.com "}, NOW))
    assert [record.id for record in table.find("email", "old@example.com")] == ["10", "9"]
    table.put(Record("10", {"email": "new@example.com"}, NOW))
    table.delete("9", NOW)
    assert table.find("email", "old@example.com") == []
    assert [record.id for record in table.live()] == ["10"]
    assert table.ids() == ["9", "10"]
