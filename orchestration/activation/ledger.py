"""The ledger's file: opened for moments, waited for when another run has it."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from orchestration.warehouse import Home, connect

SQL = Path(__file__).parent / "sql"
PATIENCE_SECONDS = 60.0


def statement(name: str) -> str:
    """The text of one of this package's SQL files."""
    return (SQL / f"{name}.sql").read_text()


@contextmanager
def ledger(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """The ledger for writing, its tables in place; waits a minute for others to let go of it."""
    with _once_free(home.activation, read_only=False) as connection:
        connection.execute(statement("ledger"))
        yield connection


@contextmanager
def unchanged_ledger(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """The ledger for reading, an empty one if nothing was ever sent; no file changes."""
    if home.activation.exists():
        with _once_free(home.activation, read_only=True) as connection:
            yield connection
        return
    with tempfile.TemporaryDirectory() as folder, connect(Path(folder) / "none.duckdb") as empty:
        empty.execute(statement("ledger"))
        yield empty


def published_at(home: Home) -> datetime | None:
    """When the publication that syncs read was put in place (naive UTC), or None without one."""
    if not home.serving.exists():
        return None
    return datetime.fromtimestamp(home.serving.stat().st_mtime, UTC).replace(tzinfo=None)


@contextmanager
def _once_free(path: Path, *, read_only: bool) -> Iterator[duckdb.DuckDBPyConnection]:
    deadline = time.monotonic() + PATIENCE_SECONDS
    with ExitStack() as stack:
        while True:
            try:
                connection = stack.enter_context(connect(path, read_only=read_only))
                break
            except (duckdb.IOException, duckdb.ConnectionException):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
        yield connection
