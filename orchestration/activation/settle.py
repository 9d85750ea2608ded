"""Settles a run: one short transaction folds the journal into the ledger."""

from pathlib import Path

from orchestration.activation.ledger import ledger, receipt_of, statement
from orchestration.activation.receipt import Receipt
from orchestration.warehouse import Home


def settle(home: Home, run_id: str, journal: Path, reason: str) -> Receipt:
    """Gives every planned row its outcome: sent, rejected or unsent, or in doubt if unanswered."""
    journal.touch()
    with ledger(home) as connection:
        values = {"run_id": run_id, "journal": str(journal), "reason": reason}
        for name, value in values.items():
            connection.execute(f"set variable {name} = $value", {"value": value})
        connection.execute("begin")
        connection.execute(statement("settle"))
        connection.execute("commit")
        return receipt_of(connection, run_id)
