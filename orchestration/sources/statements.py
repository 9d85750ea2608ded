"""The SQL beside these modules, one statement (or script without parameters) a file."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import duckdb


@cache
def statement(name: str, *, table: str = "") -> str:
    """The text of `<name>.sql`; `table` takes the place of `{table}` in it."""
    return Path(__file__).with_name(f"{name}.sql").read_text().replace("{table}", table)


@contextmanager
def without(connection: duckdb.DuckDBPyConnection, optimizer: str) -> Iterator[None]:
    """Statements planned as they are written, as far as one of DuckDB's optimizers is concerned."""
    connection.execute(f"set disabled_optimizers = '{optimizer}'")
    try:
        yield
    finally:
        connection.execute("reset disabled_optimizers")
