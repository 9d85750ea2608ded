"""The table that a sync writes, and the statements that write it."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import psycopg
from psycopg import sql

from orchestration.activation.declaration import Sync

FOLDER = Path(__file__).parent


class Unsuitable(Exception):
    """The table is not there, or not as the sync needs it; the text says what to change."""


@dataclass(frozen=True)
class Table:
    """A table by its name, the columns that a sync writes, and the one that it knows rows by."""

    schema: str
    name: str
    columns: tuple[str, ...]
    match: str

    def statement(self, name: str, first: int, end: int) -> sql.Composed:
        """One of write, insert, update, clear, delete, for arriving rows from first, before end."""
        return sql.SQL(statement(name)).format(
            table=sql.Identifier(self.schema, self.name),
            columns=_listed(sql.Identifier(column) for column in self.columns),
            fresh=_listed(sql.Identifier("fresh", column) for column in self.columns),
            excluded=_listed(sql.Identifier("excluded", column) for column in self.columns),
            cleared=_listed(
                sql.Identifier("target", column) if column == self.match else sql.NULL
                for column in self.columns
            ),
            match=sql.Identifier(self.match),
            first=sql.Literal(first),
            end=sql.Literal(end),
        )


def table(connection: psycopg.Connection, name: str, sync: Sync) -> Table:
    """The table as the server describes it; raises Unsuitable if the sync cannot write it."""
    schema, _, plain = name.partition(".")
    found = connection.execute(statement("columns"), {"schema": schema, "table": plain}).fetchall()
    if not found:
        raise Unsuitable(f"there is no table {name} that this user can see")
    is_unique: dict[str, bool] = dict(found)
    # A field with dots in its name is part of an object, and its column takes all of that.
    columns = sorted({field.partition(".")[0] for field in sync.map})
    match = str(sync.match)
    if missing := ", ".join(column for column in columns if column not in is_unique):
        raise Unsuitable(f"{name} has no column {missing}; correct map in {sync.file}")
    if not is_unique.get(match):
        raise Unsuitable(
            f"nothing keeps {match} unique in {name}; "
            f"add a unique constraint on that column alone, not deferrable"
        )
    return Table(schema, plain, tuple(columns), match)


@cache
def statement(name: str) -> str:
    """The text of one of this package's SQL files."""
    return (FOLDER / f"{name}.sql").read_text()


def _listed(parts: Iterable[sql.Composable]) -> sql.Composed:
    return sql.SQL(", ").join(parts)
