"""What a destination refused, by reason, with what helps."""

from dataclasses import dataclass

from orchestration.activation.declaration import Sync
from orchestration.activation.ledger import reading, statement, workspace
from orchestration.warehouse import Home

REMEDIES = {
    "match_missing": "give the model a value in {column}, or leave such rows out of it",
    "match_not_unique": "make {column} of {room}.{model} unique; who held the record keeps it",
}
VENDOR = "correct it where it comes from: what changes is sent again at once"


@dataclass(frozen=True)
class Rejections:
    """Open refusals of one reason. `example` is one vendor's message, `due_in_runs` the next try.

    `resting` will not be tried again before their content changes.
    """

    code: str
    rows: int
    resting: int
    due_in_runs: int | None
    example: str
    remedy: str


def rejections(sync: Sync, home: Home) -> tuple[Rejections, ...]:
    """Open refusals of a sync by reason, the most frequent first."""
    with workspace(home) as connection, reading(connection, home):
        found = connection.execute(statement("rejections"), {"sync": sync.name}).fetchall()
    return tuple(
        Rejections(code, refused, resting, due, example, _remedy(code, sync))
        for code, refused, resting, due, example in found
    )


def _remedy(code: str, sync: Sync) -> str:
    return REMEDIES.get(code, VENDOR).format(
        column=sync.match_column, room=sync.room, model=sync.model
    )
