"""Runs that a kill interrupted, and whether what they were planned from still holds."""

from dataclasses import dataclass
from datetime import datetime

from orchestration.activation.declaration import Sync
from orchestration.activation.ledger import published_at, reading, statement, workspace
from orchestration.warehouse import Home

# The shape in which rows lie in a spool: in another one, they are not delivered any more.
SPOOLED = "rows as Parquet"


@dataclass(frozen=True)
class Interrupted:
    """A run that the next one finishes first; `is_due` if it still sends what was not answered.

    Rows as they were planned. Otherwise what may have arrived is in doubt, and planned anew.
    """

    run_id: str
    planned_at: datetime
    added: int
    changed: int
    removed: int
    is_due: bool


def interrupted(sync: Sync, home: Home) -> tuple[Interrupted, ...]:
    """The runs of a sync that came to no end, the oldest first. Changes no file."""
    with workspace(home) as connection, reading(connection, home):
        found = connection.execute(statement("interrupted"), {"sync": sync.name}).fetchall()
    return tuple(
        Interrupted(run_id, planned_at, added, changed, removed, is_still_due(sync, home, run_id))
        for run_id, planned_at, added, changed, removed in found
    )


def basis(sync: Sync, home: Home) -> str:
    """What a run is planned from: the publication and the declaration, and how its spool reads."""
    return f"{SPOOLED} {published_at(home)} {sync.model_dump_json()}"


def is_still_due(sync: Sync, home: Home, run_id: str) -> bool:
    """Whether nothing that an interrupted run was planned from has changed."""
    planned_from = home.spool / sync.name / f"{run_id}.basis"
    return planned_from.exists() and planned_from.read_text() == basis(sync, home)
