"""Batches within one transaction: what the server refuses is found, and the rest stays."""

import json
import re
from collections.abc import Sequence

import psycopg

from orchestration.activation.declaration import Sync
from orchestration.activation.scrub import scrubbed
from orchestration.destinations.postgres.table import Table, statement
from orchestration.destinations.protocol import Batch, Outcome, Row

# Classes of SQLSTATE that speak of a row: its values, a constraint, a trigger, a limit of the
# server. Others, such as a lock or a lost connection, speak of the whole.
OF_A_ROW = ("21", "22", "23", "44", "54", "P0")
ALL_REFUSED = 25
WRITES = {"upsert": "write", "mirror": "write", "insert": "insert", "update": "update"}
NOT_ASCII = re.compile(r"[^\x00-\x7f]")


class Transaction:
    """One transaction at work; commits nothing itself."""

    def __init__(self, connection: psycopg.Connection, sync: Sync, table: Table) -> None:
        self._connection = connection
        self._table = table
        self._write = WRITES[sync.mode]
        self._remove = _removal(sync)
        self._refused_in_a_row = 0
        connection.execute("set constraints all immediate")
        connection.execute(statement("arriving"))

    def taken(self, batch: Batch) -> list[Outcome]:
        """Outcomes of the rows that were not taken. Raises psycopg.Error if nothing can go on.

        Once 25 rows in a row were refused, the rest is unsent: it is not the rows, then.
        """
        self._connection.execute("truncate arriving")
        with (
            self._connection.cursor() as cursor,
            cursor.copy("copy arriving (number, fields) from stdin") as copy,
        ):
            for number, row in enumerate(batch.rows):
                copy.write_row((number, self._content(row)))
        name = self._remove if batch.is_removal else self._write
        return self._done(name, batch.rows, 0, len(batch.rows))

    def _content(self, row: Row) -> str:
        """As JSON that every encoding of a server holds, so that only statements can refuse it."""
        fields = row.fields or json.dumps({self._table.match: row.match})
        return NOT_ASCII.sub(lambda found: json.dumps(found.group())[1:-1], fields)

    def _done(self, name: str, rows: Sequence[Row], first: int, end: int) -> list[Outcome]:
        """Does it for some of the rows; if that is refused, for one half and the other."""
        if self._refused_in_a_row >= ALL_REFUSED:
            return [Outcome(row.position, "unsent") for row in rows[first:end]]
        try:
            with self._connection.transaction():
                done = self._connection.execute(self._table.statement(name, first, end))
        except psycopg.Error as error:
            if (error.sqlstate or "")[:2] not in OF_A_ROW:
                raise
            if end - first == 1:
                self._refused_in_a_row += 1
                return [_refused(rows[first], error)]
            middle = (first + end) // 2
            return [
                *self._done(name, rows, first, middle),
                *self._done(name, rows, middle, end),
            ]
        self._refused_in_a_row = 0
        if name != "update":
            return []
        there = {number for (number,) in done.fetchall()}
        return [_absent(rows[number]) for number in range(first, end) if number not in there]


def _removal(sync: Sync) -> str:
    # A row that the sync never made is not its own to delete, unless somebody says so.
    if sync.mode == "update" and sync.on_leave in (None, "nothing"):
        return "clear"
    return sync.removal


def _refused(row: Row, error: psycopg.Error) -> Outcome:
    # The primary message; others show the whole row.
    message = error.diag.message_primary or ""
    known = row.fields or json.dumps({"match": row.match})
    return Outcome(row.position, "rejected", error.sqlstate or "", scrubbed(message, known))


def _absent(row: Row) -> Outcome:
    return Outcome(row.position, "rejected", "not_found", "the table has no such row to update")
