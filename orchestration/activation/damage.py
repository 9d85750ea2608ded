"""A ledger that cannot be read: what is wrong, where, and what to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from orchestration.warehouse import Home, connect

LOCKED = "Could not set lock"
TABLES = "select database_name, schema_name, table_name from duckdb_tables()"
# Reads every value: DuckDB proves the checksum of a block when it reads it, and not before.
EVERYTHING = "select bit_xor(hash(each)) from {table} as each"


class LedgerError(Exception):
    """The ledger cannot be read; the text names the file, the cause and the remedy."""


@contextmanager
def read_plainly(home: Home) -> Iterator[None]:
    """Raises LedgerError instead of what DuckDB says, if the ledger's file is the reason."""
    try:
        yield
    except duckdb.IOException as error:
        if cause := damage(home.activation):
            raise LedgerError(_words(home.activation, cause)) from error
        raise


def damage(ledger: Path) -> str | None:
    """Reads the whole ledger: why it cannot be read, or None if it can, or nobody may look now."""
    if not ledger.exists():
        return None
    try:
        with connect(ledger, read_only=True, patience_seconds=0) as connection:
            for table in connection.execute(TABLES).fetchall():
                connection.execute(EVERYTHING.format(table=".".join(table))).fetchall()
    except duckdb.IOException as error:
        return None if LOCKED in str(error) else str(error).removeprefix("IO Error: ")
    return None


def _words(ledger: Path, cause: str) -> str:
    return (
        f"{ledger} cannot be read: {cause.rstrip('!.')}. It is the ledger of what was sent where, "
        "so nothing was sent. Put its backup in its place, or make it readable; if neither can be "
        "done, move it away and run again: what was sent by then is held until you approve it."
    )
