"""Tables and views of a database: everything once, then what changed; deletions if asked for."""

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    MetaData,
    Table,
    and_,
    case,
    create_engine,
    or_,
    select,
    true,
)
from sqlalchemy.engine import Connection, RowMapping
from sqlalchemy.exc import NoSuchTableError, SQLAlchemyError
from sqlalchemy.pool import NullPool
from sqlalchemy.types import Date, DateTime

from orchestration.sources.elsewhere import Database
from orchestration.sources.json_values import json_value, utc_text
from orchestration.sources.key_scan import KeyScan
from orchestration.sources.vendor import Cursor, Row, VendorError, row

_ROWS_A_CHUNK = 5_000
_KEYS_A_QUESTION = 200


def rows(wanted: Database, state: dict[str, Any], landed: Path, scratch: Path) -> Iterator[Row]:
    """New versions of a table's rows; `state` carries the position from run to run.

    `landed` is the folder of what earlier runs read, with which a scan of keys is compared, and
    `scratch` a file for it. Raises VendorError, which names the variable of the address, the table
    and the kind of failure.
    """
    cursor = Cursor(state, wanted.model_dump(mode="json"))
    try:
        engine = create_engine(os.environ[wanted.url], poolclass=NullPool)
        with engine.connect() as connection:
            reader = _Reader(connection, wanted, cursor.since)
            yield from cursor.saw(reader.changed())
            if wanted.scan_keys:
                with KeyScan(landed, scratch) as scan:
                    yield from reader.reconciled(scan)
    except NoSuchTableError:
        raise VendorError(f"{wanted.title}: there is no such table") from None
    # Drivers repeat passwords and values in their words, so only the kind of failure is told.
    except (SQLAlchemyError, ImportError, ValueError, OverflowError) as failure:
        cause = type(getattr(failure, "orig", None) or failure).__name__
        raise VendorError(f"{wanted.title} could not be read: {cause}") from None
    cursor.advance()


class _Reader:
    """Reads one table as it is now: columns that it has got since are read too."""

    def __init__(self, connection: Connection, wanted: Database, since: datetime | None) -> None:
        self._connection = connection
        self._wanted = wanted
        self._table = Table(
            wanted.table,
            MetaData(),
            schema=wanted.db_schema,
            autoload_with=connection,
            resolve_fks=False,
        )
        self._key = [self._column(name) for name in wanted.key]
        stored = wanted.columns or tuple(self._table.columns.keys())
        # A date of change moves also with a write that changes nothing else.
        self._stored = [
            name for name in dict.fromkeys([*wanted.key, *stored]) if name != wanted.updated_at
        ]
        stamps = [name for name in (wanted.updated_at, wanted.deleted_at) if name]
        self._columns = [self._column(name) for name in dict.fromkeys([*self._stored, *stamps])]
        self._changed = self._condition(since)
        self._started = utc_text(datetime.now(UTC))

    def changed(self) -> Iterator[Row]:
        """Rows that changed since the last reading, or all."""
        yield from self._read(self._changed)

    def reconciled(self, scan: KeyScan) -> Iterator[Row]:
        """Deletions of rows that are gone, and rows of which no date of change told."""
        is_read = case((self._changed, 1), else_=0).label("is_read")
        for chunk in self._chunks(select(*self._key, is_read)):
            scan.saw([(self._id(each), bool(each["is_read"])) for each in chunk])
        if scan.is_emptied:
            raise VendorError(f"{self._wanted.title} has no rows any more")
        for record_id, updated_at in scan.gone(self._started):
            yield row({}, record_id, updated_at, is_deleted=True)
        unread = scan.unread()
        for keys in self._chunks_of(unread):
            for each in self._read(self._is_one_of(keys)):
                # What was taken for deleted and is back is newer than its deletion.
                is_back = unread[each["record_id"]]
                yield each | ({"updated_at": self._started} if is_back else {})

    def _chunks_of(self, record_ids: Mapping[str, bool]) -> Iterator[list[RowMapping]]:
        """The keys of these records, as the database has them; nothing is asked for none."""
        if not record_ids:
            return
        keys: list[RowMapping] = []
        for chunk in self._chunks(select(*self._key)):
            keys += [each for each in chunk if self._id(each) in record_ids]
        for start in range(0, len(keys), _KEYS_A_QUESTION):
            yield keys[start : start + _KEYS_A_QUESTION]

    def _read(self, condition: ColumnElement[bool]) -> Iterator[Row]:
        for chunk in self._chunks(select(*self._columns).where(condition)):
            yield from map(self._version, chunk)

    def _chunks(self, question: Any) -> Iterator[Sequence[RowMapping]]:  # noqa: ANN401 - any select
        options = self._connection.execution_options(yield_per=_ROWS_A_CHUNK)
        yield from options.execute(question).mappings().partitions()

    def _version(self, found: RowMapping) -> Row:
        content = {name: json_value(found[name]) for name in self._stored}
        flag = found[self._wanted.deleted_at] if self._wanted.deleted_at else None
        return row(
            content,
            self._id(found),
            self._changed_at(found),
            is_deleted=flag if isinstance(flag, bool) else flag is not None,
        )

    def _changed_at(self, found: RowMapping) -> str:
        """A row without a date of change is new to us now; the load drops it if it is not."""
        wanted = self._wanted
        if not wanted.updated_at or found[wanted.updated_at] is None:
            return self._started
        stamps = [found[name] for name in (wanted.updated_at, wanted.deleted_at) if name]
        return max(utc_text(stamp) for stamp in stamps if isinstance(stamp, date))

    def _id(self, found: RowMapping) -> str:
        """The key's values; without one of them the load puts the row into quarantine."""
        values = [json_value(found[name]) for name in self._wanted.key]
        return "" if None in values else "|".join(map(str, values))

    def _column(self, name: str) -> Column[Any]:
        if name not in self._table.columns:
            raise VendorError(f"{self._wanted.title} has no column {name}")
        return self._table.columns[name]

    def _condition(self, since: datetime | None) -> ColumnElement[bool]:
        """What tells a row that changed at or after a moment; without a date every row may have."""
        if self._wanted.updated_at is None:
            return true()
        column = self._column(self._wanted.updated_at)
        if not isinstance(column.type, Date | DateTime):
            raise VendorError(
                f"{self._wanted.title}: {column.name} is no date and no timestamp but "
                f"{column.type}; name one that is, or none, and every run reads all rows"
            )
        if since is None:
            return true()
        is_changed = or_(column.is_(None), column >= _comparable(column, since))
        if self._wanted.deleted_at:
            deleted = self._column(self._wanted.deleted_at)
            if isinstance(deleted.type, Date | DateTime):
                is_changed = or_(is_changed, deleted >= _comparable(deleted, since))
        return is_changed

    def _is_one_of(self, keys: Sequence[RowMapping]) -> ColumnElement[bool]:
        return or_(*(and_(*(column == each[column.name] for column in self._key)) for each in keys))


def _comparable(column: Column[Any], moment: datetime) -> date:
    """The moment as the column has it; a timestamp without a zone is taken to be in UTC."""
    if isinstance(column.type, Date):
        return moment.date()
    is_zoned = isinstance(column.type, DateTime) and column.type.timezone
    return moment if is_zoned else moment.replace(tzinfo=None)
