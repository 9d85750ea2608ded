"""Settles a run: one short transaction folds the journal into the ledger."""

from pathlib import Path

from orchestration.activation.ledger import (
    declare,
    reading,
    receipt_of,
    statement,
    workspace,
    writing,
)
from orchestration.activation.receipt import Receipt
from orchestration.warehouse import Home


def settle(home: Home, run_id: str, journal: Path, reason: str, outbox: Path) -> Receipt:
    """Gives every planned row its outcome; what the journal does not answer for is in doubt.

    `outbox` is what the plan set out to send; without such a file, it is what the ledger knows to
    travel in jobs of the vendor's. The ledger is open for reading while it is asked for what it
    knows of those rows, and once more, for writing, when all outcomes are known.
    """
    journal.touch()
    # With more threads, DuckDB appends up to 122,880 rows twice: to one's own, then to the table.
    with workspace(home, threads=1) as connection:
        declare(connection, run_id=run_id, journal=str(journal), reason=reason)
        with reading(connection, home):
            if outbox.exists():
                connection.execute(statement("planned").format(outbox=outbox))
            else:
                connection.execute(statement("under_way"))
            connection.execute(statement("remote_ids"))
        connection.execute(statement("outcomes"))
        with writing(connection, home):
            connection.execute(statement("settle"))
            return receipt_of(connection, run_id)
