"""The records that an emulated vendor holds, in memory, with a clock that never goes back."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Record:
    """One CRM record; `fields` are HubSpot's properties or Salesforce's columns."""

    id: str
    fields: dict[str, Any]
    modified_at: datetime
    deleted_at: datetime | None = None
    associations: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Loaded:
    """One row of a world file: a record as the vendor's own API would return it."""

    id: str
    updated_at: datetime
    is_deleted: bool
    record: dict[str, Any]


class Clock:
    """UTC in whole steps, later than anything ever seen, so that an edit is always newer."""

    def __init__(self, step: timedelta = timedelta(milliseconds=1)) -> None:
        """`step` is as fine as the vendor tells a time."""
        self._step = step
        self._last = EPOCH

    def saw(self, moment: datetime) -> None:
        """Never again tell a time at or before this one."""
        self._last = max(self._last, moment)

    def tick(self) -> datetime:
        """A new moment; one per request, so that all rows of a batch share it as at the vendors."""
        now = datetime.now(UTC)
        self._last = max(now - (now - EPOCH) % self._step, self._last + self._step)
        return self._last


def held(record: Record, name: str) -> list[str]:
    """The one value of a field, if it has one."""
    value = record.fields.get(name)
    return [] if value in (None, "") else [str(value)]


class Table:
    """Records by id, in id order, with look-up by the fields that identify a live record.

    `values` gives all values by which a field finds a record.
    """

    def __init__(
        self,
        lookups: Iterable[str] = (),
        values: Callable[[Record, str], list[str]] = held,
    ) -> None:
        self._values = values
        self.records: dict[str, Record] = {}
        self.version = 0
        self._lookups: dict[str, dict[str, set[str]]] = {name: {} for name in lookups}
        self._ordered: list[str] | None = None

    def ids(self) -> list[str]:
        """All ids, deleted ones too, in the numeric order in which vendors page."""
        if self._ordered is None:
            self._ordered = sorted(self.records, key=id_order)
        return self._ordered

    def live(self) -> Iterator[Record]:
        """Records that are not deleted, in id order."""
        return (r for r in map(self.records.__getitem__, self.ids()) if r.deleted_at is None)

    def find(self, name: str, value: object) -> list[Record]:
        """Live records whose look-up field has this value, ignoring case."""
        return [self.records[key] for key in sorted(self._lookups[name].get(fold(value), ()))]

    def add_lookup(self, name: str) -> None:
        """Make `name` a field that `find` knows."""
        self._lookups[name] = {}
        for record in self.live():
            self._index(record)

    def put(self, record: Record) -> None:
        """Insert the record or replace the one with its id."""
        self._forget(record.id)
        if record.id not in self.records:
            self._ordered = None
        self.records[record.id] = record
        self._index(record)
        self.version += 1

    def delete(self, key: str, moment: datetime) -> None:
        """Mark as deleted: hidden from look-ups and normal listings, still in the bin."""
        self._forget(key)
        self.records[key].deleted_at = moment
        self.version += 1

    def erase(self, key: str) -> None:
        """Remove for good; not even the bin remembers it."""
        self._forget(key)
        del self.records[key]
        self._ordered = None
        self.version += 1

    def _index(self, record: Record) -> None:
        if record.deleted_at is None:
            for name, index in self._lookups.items():
                for value in self._values(record, name):
                    index.setdefault(fold(value), set()).add(record.id)

    def _forget(self, key: str) -> None:
        if (record := self.records.get(key)) is not None:
            for name, index in self._lookups.items():
                for value in self._values(record, name):
                    index.get(fold(value), set()).discard(key)


def id_order(key: str) -> tuple[int, str]:
    """Sorts numeric ids as numbers without parsing them."""
    return len(key), key


def fold(value: object) -> str:
    """The form in which vendors compare identifying values."""
    return str(value).strip().lower()


def load(path: Path) -> list[Loaded]:
    """The records of one world file, oldest version first; none if the file is not there."""
    if not path.exists():
        return []
    columns = "record_id, updated_at, is_deleted, record"
    with duckdb.connect() as connection:
        # Not a bound parameter: with one, duckdb imports pandas, two seconds at every start.
        world = connection.read_parquet(str(path)).project(columns).order("updated_at")
        rows = world.fetchall()
    return [
        Loaded(key, datetime.fromisoformat(updated_at), is_deleted, json.loads(record))
        for key, updated_at, is_deleted, record in rows
    ]
