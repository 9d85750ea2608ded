"""The ledger's file: opened for moments, waited for when another run has it."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from orchestration.activation.damage import LOCKED, read_plainly
from orchestration.activation.receipt import Receipt
from orchestration.warehouse import Home, connect

SQL = Path(__file__).parent / "sql"
PATIENCE_SECONDS = 60.0
# Of DuckDB: what does not fit is put on disk meanwhile. Syncs of a run can share a machine.
MEMORY = "512MB"


def statement(name: str) -> str:
    """The text of one of this package's SQL files."""
    return (SQL / f"{name}.sql").read_text()


@contextmanager
def workspace(home: Home, threads: int | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to work on, in memory and beside it on disk; no file of the home is open."""
    with connect(Path(":memory:"), threads=threads) as connection:
        connection.execute(f"set temp_directory = '{_escaped(home.root / 'tmp')}'")
        connection.execute(f"set memory_limit = '{MEMORY}'")
        yield connection


@contextmanager
def reading(connection: duckdb.DuckDBPyConnection, home: Home) -> Iterator[None]:
    """The ledger attached as `ledger`, an empty one if nothing was ever sent; no file changes."""
    with read_plainly(home), _taken(home, fcntl.LOCK_SH):
        _attach_to_read(connection, home)
        yield
        connection.execute("detach ledger")


def _attach_to_read(connection: duckdb.DuckDBPyConnection, home: Home) -> None:
    # Attached by a name of its own: a file called activation.duckdb would otherwise be a catalog
    # that shares its name with the schema in it.
    if home.activation.exists():
        _attach_once_free(connection, f"attach '{_path(home)}' as ledger (read_only)")
        if not _is_current(connection):
            connection.execute("detach ledger")
            _attach_once_free(connection, f"attach '{_path(home)}' as former (read_only)")
            connection.execute("attach ':memory:' as ledger")
            _carry_over(connection)
            connection.execute("detach former")
            _make_current(connection)
    else:
        connection.execute("attach ':memory:' as ledger")
        _make_current(connection)


@contextmanager
def writing(connection: duckdb.DuckDBPyConnection, home: Home) -> Iterator[None]:
    """The ledger attached as `ledger` and in use, in one transaction; waits a minute for others."""
    with read_plainly(home), _taken(home, fcntl.LOCK_EX):
        _attach_once_free(connection, f"attach '{_path(home)}' as ledger")
        is_current = _is_current(connection)
        connection.execute("begin")
        try:
            if not is_current:
                _make_current(connection)
            connection.execute("use ledger")
            yield
            connection.execute("commit")
        except BaseException:
            connection.execute("rollback")
            raise
        finally:
            connection.execute("use memory")
            connection.execute("detach ledger")


@contextmanager
def ledger(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """The ledger for one short transaction."""
    with workspace(home) as connection, writing(connection, home):
        yield connection


@contextmanager
def unchanged_ledger(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """The ledger for reading; no file changes."""
    with workspace(home) as connection, reading(connection, home):
        connection.execute("use ledger")
        yield connection
        connection.execute("use memory")


def demand_ledger(home: Home) -> None:
    """Raises LedgerError if there is a ledger that cannot be opened."""
    with unchanged_ledger(home):
        return


def declare(connection: duckdb.DuckDBPyConnection, **values: object) -> None:
    """Variables that the statements read with `getvariable`."""
    for name, value in values.items():
        connection.execute(f"set variable {name} = $value", {"value": value})


def receipt_of(connection: duckdb.DuckDBPyConnection, run_id: str) -> Receipt:
    """One run as the ledger has it."""
    cursor = connection.execute(statement("receipt"), {"run_id": run_id})
    names = [column[0] for column in cursor.description or ()]
    row = dict(zip(names, cursor.fetchall()[0], strict=True))
    return Receipt(**{field.name: row[field.name] for field in fields(Receipt)})


def published_at(home: Home) -> datetime | None:
    """When the publication that syncs read was put in place (naive UTC), or None without one."""
    if not home.serving.exists():
        return None
    return datetime.fromtimestamp(home.serving.stat().st_mtime, UTC).replace(tzinfo=None)


@contextmanager
def _taken(home: Home, kind: int) -> Iterator[None]:
    """A turn at the ledger's file, among the threads of this process too.

    DuckDB's own lock keeps other processes out, and two syncs of one process would pass it.
    """
    home.make()
    descriptor = os.open(home.root, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, kind)
        yield
    finally:
        os.close(descriptor)


def _is_current(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the file has the tables of this version, by what was changed last in them."""
    try:
        found = connection.execute("select doubted_hash from ledger.activation.sync_state limit 0")
    except (duckdb.CatalogException, duckdb.BinderException):
        return False
    return [str(column[1]) for column in found.description or ()] == ["UBIGINT"]


def _make_current(connection: duckdb.DuckDBPyConnection) -> None:
    tables = "select 1 from duckdb_tables() where database_name = 'ledger'"
    has_tables = connection.execute(tables).fetchall()
    connection.execute("use ledger")
    connection.execute(statement("ledger"))
    if has_tables:
        connection.execute(statement("ledger_since"))
    connection.execute("use memory")


def _carry_over(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("create schema ledger.activation")
    tables = "select table_name from duckdb_tables() where database_name = 'former'"
    for (table,) in connection.execute(tables).fetchall():
        connection.execute(
            f"create table ledger.activation.{table} as from former.activation.{table}"
        )


def _attach_once_free(connection: duckdb.DuckDBPyConnection, attachment: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            connection.execute(attachment)
            return
        except duckdb.IOException as error:
            if LOCKED not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _path(home: Home) -> str:
    home.make()
    return _escaped(home.activation)


def _escaped(path: Path) -> str:
    return str(path).replace("'", "''")
