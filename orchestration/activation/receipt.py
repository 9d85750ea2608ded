"""What a run of a sync reports: counts and reasons, never a person."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Plan:
    """What a run would send, in rows. `audience` is everybody the sync is about.

    Of them `withheld` have not said yes, `rejected` cannot be told apart at the destination,
    `waiting` were refused before and are not due, and `unchanged` are there already as they are.
    `known` is what the destination holds because of us. `reason` says why nothing may be sent:
    status `held` by a guard, `refused` for what is missing or wrong, else `planned`.
    """

    sync: str
    status: str = "planned"
    reason: str | None = None
    audience: int = 0
    withheld: int = 0
    unchanged: int = 0
    waiting: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0
    rejected: int = 0
    known: int = 0

    @property
    def to_send(self) -> int:
        """Rows that travel."""
        return self.added + self.changed + self.removed


@dataclass(frozen=True)
class Receipt(Plan):
    """What a run did: a row of `activation.sync_runs`.

    status: `settled`, `partial` (rows in doubt or unsent; the next run takes care of them),
    `held`, `refused` or `skipped` (`reason` says why).
    """

    run_id: str = ""
    destination: str = ""
    sent: int = 0
    in_doubt: int = 0
    unsent: int = 0
    requests: int = 0

    @property
    def is_delivered(self) -> bool:
        """Nothing is in doubt or unsent, and nothing stood in the way. Skipping is no failure."""
        return self.status in ("settled", "skipped")

    def counts(self) -> dict[str, Any]:
        """Every figure and word of the receipt, for metadata."""
        return {name: value for name, value in asdict(self).items() if value is not None}
