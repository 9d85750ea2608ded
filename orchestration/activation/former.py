"""What a sync still holds where it is not sent any more, and how that is let go."""

from orchestration.activation.declaration import Sync
from orchestration.activation.ledger import ledger, reading, statement, workspace
from orchestration.warehouse import Home


def forget(name: str, sync: Sync | None, home: Home) -> int:
    """Forgets what a sync holds at former targets, or anywhere if it is not declared any more.

    The vendor keeps those rows, and nobody will take them back. Returns how many they are.
    """
    values = {"sync": name, "target": sync.target if sync else None}
    with workspace(home) as connection, reading(connection, home):
        [(held,)] = connection.execute(statement("holds"), values).fetchall()
    if held:
        with ledger(home) as connection:
            connection.execute(statement("forget"), values)
    return int(held)
