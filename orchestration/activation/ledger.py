"""The ledger's file: opened for moments, waited for when another run has it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from orchestration.activation.receipt import Receipt
from orchestration.warehouse import Home, connect

SQL = Path(__file__).parent / "sql"
PATIENCE_SECONDS = 60.0


def statement(name: str) -> str:
    """The text of one of this package's SQL files."""
    return (SQL / f"{name}.sql").read_text()


@contextmanager
def ledger(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """The ledger for writing, its tables in place; waits a minute for others to let go of it."""
    with _workspace(home) as connection:
        _attach_once_free(connection, f"attach '{_path(home)}' as ledger")
        connection.execute("use ledger")
        connection.execute(statement("ledger"))
        yield connection


@contextmanager
def unchanged_ledger(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """The ledger for reading, an empty one if nothing was ever sent; no file changes."""
    with _workspace(home) as connection:
        if home.activation.exists():
            _attach_once_free(connection, f"attach '{_path(home)}' as ledger (read_only)")
            connection.execute("use ledger")
        else:
            connection.execute("attach ':memory:' as ledger")
            connection.execute("use ledger")
            connection.execute(statement("ledger"))
        yield connection


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
def _workspace(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    # The ledger is attached by a name of its own: a file called activation.duckdb would otherwise
    # be a catalog that shares its name with the schema in it.
    with connect(Path(":memory:")) as connection:
        connection.execute(f"set temp_directory = '{_escaped(home.root / 'tmp')}'")
        yield connection


def _attach_once_free(connection: duckdb.DuckDBPyConnection, attachment: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            connection.execute(attachment)
            return
        except duckdb.IOException:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _path(home: Home) -> str:
    home.root.mkdir(parents=True, exist_ok=True)
    return _escaped(home.activation)


def _escaped(path: Path) -> str:
    return str(path).replace("'", "''")
