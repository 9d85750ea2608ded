"""A table in PostgreSQL: a run is one transaction, and a row that is refused does not stop it.

https://www.postgresql.org/docs/current/sql-insert.html#SQL-ON-CONFLICT
https://www.postgresql.org/docs/current/errcodes-appendix.html
"""

from collections.abc import Iterable, Mapping
from contextlib import closing
from math import ceil

import psycopg
from pydantic import Field

from orchestration.activation.declaration import Sync
from orchestration.destinations.postgres.table import Unsuitable, statement, table
from orchestration.destinations.postgres.transaction import Transaction
from orchestration.destinations.protocol import Batch, Offer, Options, Outcome, Unreachable
from orchestration.warehouse import Home

# Said of a connection that fails; the rest of the server's words names hosts and users.
CAUSES = (
    "authentication failed",
    "Connection refused",
    "could not translate host name",
    "does not exist",
    "No such file or directory",
    "starting up",
    "timeout expired",
    "too many clients",
)


class PostgresOptions(Options):
    """Which table."""

    table: str = Field(pattern=r"^[^.]+\.[^.]+$", description="schema.table, which must exist")


OFFER = Offer(
    modes=("upsert", "mirror", "insert", "update"),
    leave=("delete", "clear"),
    needs_match=True,
    options=PostgresOptions,
    batch=5000,
    variables=("POSTGRES_URL",),
)


def build(sync: Sync, home: Home, environment: Mapping[str, str]) -> "Postgres | None":
    """Needs POSTGRES_URL, a connection string of libpq."""
    address = environment.get("POSTGRES_URL")
    return Postgres(sync, address) if address else None


class Postgres:
    """One table, whose columns are the fields of the map."""

    def __init__(self, sync: Sync, address: str) -> None:
        self._sync = sync
        self._address = address
        self._options = PostgresOptions.model_validate(sync.options)

    def transact(self, batches: Iterable[Batch]) -> Mapping[str, list[Outcome]]:
        """Outcomes by the key of the batch; rows without one were taken.

        Raises Unreachable if nothing was done. If the word that all is committed does not come,
        every row is in doubt.
        """
        try:
            # Closed without a commit, nothing was done.
            with closing(self._connection()) as connection:
                return self._transacted(connection, batches)
        except Unsuitable as obstacle:
            raise Unreachable(str(obstacle)) from None
        except psycopg.Error as error:
            raise Unreachable(f"PostgreSQL gave up: {_cause(error)}") from None

    def _connection(self) -> psycopg.Connection:
        patience = ceil(self._sync.limits.timeout_seconds)
        return psycopg.connect(
            self._address,
            application_name="kith",
            connect_timeout=patience,
            keepalives_idle=patience,
            # A pool in front of the server need not know what an earlier transaction prepared.
            prepare_threshold=None,
        )

    def _transacted(
        self, connection: psycopg.Connection, batches: Iterable[Batch]
    ) -> Mapping[str, list[Outcome]]:
        patience = f"{int(self._sync.limits.timeout_seconds * 1000)}ms"
        connection.execute(statement("opening"), {"patience": patience})
        found = table(connection, self._options.table, self._sync)
        transaction = Transaction(connection, self._sync, found)
        travelled: dict[str, list[int]] = {}
        outcomes: dict[str, list[Outcome]] = {}
        for batch in batches:
            travelled[batch.key] = [row.position for row in batch.rows]
            outcomes[batch.key] = transaction.taken(batch)
        try:
            connection.commit()
        except psycopg.Error:
            return {
                key: [Outcome(position, "in_doubt") for position in positions]
                for key, positions in travelled.items()
            }
        return outcomes


def _cause(error: psycopg.Error) -> str:
    """Why, in words that name no host, user or value."""
    said = (cause for cause in CAUSES if cause in str(error))
    return error.sqlstate or next(said, type(error).__name__)
