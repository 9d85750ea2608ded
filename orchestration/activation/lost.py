"""A ledger that is gone, or older than what it wrote elsewhere, or a spool: syncs are held."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.activation.columns import literal
from orchestration.activation.ledger import declare, reading, statement, workspace, writing
from orchestration.warehouse import Home

TOLD = (
    "select 1 from duckdb_tables() where database_name = 'published' "
    "and schema_name = 'activation' and table_name = 'sync_runs'"
)


@dataclass(frozen=True)
class Loss:
    """Runs of a sync of which it is not known what became; `sent` is how many rows they sent."""

    sync: str
    destination: str
    runs: int
    sent: int

    def reason(self, ledger: Path) -> str:
        """Why the sync is held, and what helps."""
        return (
            f"the ledger is gone or too old, or the spool was emptied: {ledger} does not know what "
            f"became of {self.sent:,} rows of {self.runs:,} runs, so they would be told again and "
            "nobody taken back who left; put its newest backup in its place, or let the next run "
            f"go out with `kith sync approve {self.sync}`"
        )


def notice_losses(home: Home) -> None:
    """Marks the syncs of which the ledger lacks runs, and restores what is published of these.

    What is marked is held until somebody approves. To be asked before a publication takes the place
    of the one that remembers.
    """
    if not _can_be_lost(home):
        return
    with workspace(home) as connection:
        found = _found(connection, home)
        if not found:
            return
        with writing(connection, home):
            connection.execute(statement("give_up"))
            if _is_told(connection):
                connection.execute(statement("restore"))
            for loss in found:
                reason = loss.reason(home.activation)
                declare(connection, sync=loss.sync, destination=loss.destination, reason=reason)
                connection.execute(statement("lose"))


def held_for_loss(name: str, home: Home) -> str | None:
    """Why the next run of a sync will be held, if the ledger lacks runs of it; changes no file."""
    if not _can_be_lost(home):
        return None
    with workspace(home) as connection:
        losses = _found(connection, home)
    return next((loss.reason(home.activation) for loss in losses if loss.sync == name), None)


def _found(connection: duckdb.DuckDBPyConnection, home: Home) -> list[Loss]:
    if home.serving.exists():
        connection.execute(f"attach {literal(str(home.serving))} as published (read_only)")
    journals = sorted(home.spool.glob("*/*.journal"))
    declare(
        connection,
        begun=[journal.stem for journal in journals],
        begun_of=[journal.parent.name for journal in journals],
    )
    with reading(connection, home):
        connection.execute(statement("lost_spools"))
        if _is_told(connection):
            connection.execute(statement("lost_runs"))
    _without_outbox(connection, home)
    return [Loss(*row) for row in connection.execute(statement("losses")).fetchall()]


def _without_outbox(connection: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Adds the runs under way whose list of rows somebody has taken out of the spool."""
    gone = [run for run in _planned(connection, home) if not _outbox(run, home).exists()]
    # Asked once more: the list of a run that was settled meanwhile is rightly gone.
    for run in sorted({*gone} & {*_planned(connection, home)}) if gone else ():
        connection.execute("insert into lost_runs values (?, ?, ?, ?)", list(run))


def _planned(connection: duckdb.DuckDBPyConnection, home: Home) -> list[tuple[str, str, str, int]]:
    with reading(connection, home):
        return connection.execute(statement("planned_runs")).fetchall()


def _outbox(run: tuple[str, str, str, int], home: Home) -> Path:
    run_id, sync, _, _ = run
    return home.spool / sync / f"{run_id}.outbox"


def _is_told(connection: duckdb.DuckDBPyConnection) -> bool:
    return bool(connection.execute(TOLD).fetchall())


def _can_be_lost(home: Home) -> bool:
    return home.serving.exists() or home.spool.exists()
