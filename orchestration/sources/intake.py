"""The load: everything new in the landing folder into the raw tables, in one transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.sources.arrivals import Arrival, new_arrivals, overwritten, strays
from orchestration.sources.declaration import Declaration, EventFiles
from orchestration.sources.event_files import DisagreementError, EventIntake
from orchestration.sources.records import RecordIntake, create_record_tables
from orchestration.sources.statements import statement
from orchestration.sources.tracking_check import check_batch, take_up_plan
from orchestration.tracking import FOLDER, read_plan
from orchestration.warehouse import Home, connect


@dataclass(frozen=True)
class TableLoad:
    """What one source table got: counts of new files and of their lines.

    `new_fields` names those that records never showed before, or not with this kind of value.
    """

    source: str
    table: str
    files: int
    loaded: int
    duplicates: int
    quarantined: int
    new_fields: str | None


@dataclass(frozen=True)
class LoadReport:
    """One load: its batch (None if nothing was new), tables that got files, files still growing.

    `overwritten` are files that changed after they were loaded: what they say now is nowhere.
    `strays` are folders of `landing/` with files for which no table is declared.

    `released` counts the messages that a changed tracking plan no longer holds; they are a batch
    of their own, before this one.
    """

    batch_id: int | None
    tables: tuple[TableLoad, ...]
    waiting: tuple[str, ...]
    overwritten: tuple[str, ...]
    strays: tuple[str, ...]
    released: int


def load(home: Home, declarations: Iterable[Declaration], *, tracking: Path = FOLDER) -> LoadReport:
    """Load every new file exactly once, checked by the tracking plan; safe to kill and to repeat.

    Unreadable files and lines go to `raw.quarantine`. A file that was quarantined as a whole is
    loaded again only under another name. Raises duckdb.IOException if the warehouse is locked,
    TrackingError if a schema is wrong.
    """
    declared = list(declarations)
    plan = read_plan(tracking)
    with connect(home.warehouse) as connection:
        connection.execute(statement("raw_tables"))
        released = take_up_plan(connection, plan)
        create_record_tables(connection, declared)
        known = dict(connection.execute("select file, bytes from raw.loads").fetchall())
        found = new_arrivals(home.landing, declared, known)
        arrivals = [each for each in found if not each.is_growing]
        connection.execute(statement("arrivals"))
        if arrivals:
            _take_up(connection, home, arrivals)
        tables = connection.execute(statement("table_loads")).fetchall()
        return LoadReport(
            batch_id=_batch_id(connection),
            tables=tuple(TableLoad(*row) for row in tables),
            waiting=tuple(each.file for each in found if each.is_growing),
            overwritten=tuple(overwritten(home.landing, declared, known)),
            strays=tuple(strays(home.landing, declared)),
            released=released,
        )


def replay(home: Home, *, tracking: Path = FOLDER) -> tuple[int, int]:
    """Look again at the messages that the tracking plan holds; returns those released and held on.

    What is released is a batch that the next run builds on, once however often this is called.
    Raises as `load` does.
    """
    plan = read_plan(tracking)
    with connect(home.warehouse) as connection:
        connection.execute(statement("raw_tables"))
        released = take_up_plan(connection, plan)
        (held,) = connection.execute(
            "select count(*) from raw.held_messages where released_batch_id is null"
        ).fetchall()[0]
        return released, int(held)


def _batch_id(connection: duckdb.DuckDBPyConnection) -> int | None:
    (batch_id,) = connection.execute(
        "select max(batch_id) from raw.loads where file in (select file from arrived_files)"
    ).fetchall()[0]
    return None if batch_id is None else int(batch_id)


def _take_up(connection: duckdb.DuckDBPyConnection, home: Home, arrivals: list[Arrival]) -> None:
    connection.executemany(
        "insert into arrived_files values (?, ?, ?, ?, ?, ?, ?, ?)",
        [_arrived_file(each) for each in arrivals],
    )
    event_intake = EventIntake(home.landing, [each for each in arrivals if _is_events(each)])
    record_intake = RecordIntake([each for each in arrivals if not _is_events(each)])
    record_intake.stage(connection)
    while True:
        event_intake.stage(connection)
        try:
            _write(connection, event_intake, record_intake)
        except DisagreementError as disagreement:
            if disagreement.paths <= event_intake.as_text:
                raise
            event_intake.as_text |= disagreement.paths
        else:
            return


def _write(
    connection: duckdb.DuckDBPyConnection, event_intake: EventIntake, record_intake: RecordIntake
) -> None:
    connection.execute("begin")
    try:
        (batch_id,) = connection.execute(
            "select coalesce(max(batch_id), 0) + 1 from raw.loads"
        ).fetchall()[0]
        event_intake.write(connection, batch_id)
        check_batch(connection, batch_id)
        record_intake.write(connection, batch_id)
        connection.execute(statement("file_quarantine"), {"batch_id": batch_id})
        connection.execute(statement("ledger"), {"batch_id": batch_id})
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")


def _arrived_file(arrival: Arrival) -> list[object]:
    declaration = arrival.declaration
    return [
        declaration.source,
        declaration.table,
        declaration.identifier,
        _is_events(arrival),
        str(arrival.path),
        arrival.file,
        arrival.bytes,
        arrival.refusal,
    ]


def _is_events(arrival: Arrival) -> bool:
    return isinstance(arrival.declaration.collect, EventFiles)
