"""What a run of a sync reports: counts and reasons, never a person."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Counts:
    """Rows of one run. `audience` is everybody the sync is about.

    Of them `withheld` have not said yes, `unsendable` cannot be told apart at the destination
    (without a value that it knows them by, or with somebody else's), `capped` were written to often
    enough for now, `unchanged` are at the destination as they are, and `waiting` were refused
    before and are not due, or still travel in a job of the vendor's; `added`, `changed` and
    `removed` travel.
    `rejected` were refused by the destination.
    `reason` says why a run sends nothing or left something over.
    """

    sync: str
    status: str
    reason: str | None = None
    audience: int = 0
    withheld: int = 0
    capped: int = 0
    unchanged: int = 0
    waiting: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0
    unsendable: int = 0
    rejected: int = 0

    @property
    def to_send(self) -> int:
        """Rows that travel."""
        return self.added + self.changed + self.removed


@dataclass(frozen=True)
class Plan(Counts):
    """What a run would send. `known` is what the destination holds because of us, `former` how many
    the last run was to leave there.

    status: `planned`; `held` by a guard; `refused` for what is missing or wrong; `skipped`.
    """

    known: int = 0
    former: int = 0


@dataclass(frozen=True)
class Receipt(Counts):
    """What a run did: a row of `activation.sync_runs`.

    status: `settled`; `partial` if rows are in doubt or unsent, which the next run takes care of;
    `pending` if the vendor is still at work on some; `held`, `refused` or `skipped`.
    """

    run_id: str = ""
    destination: str = ""
    sent: int = 0
    in_doubt: int = 0
    unsent: int = 0
    pending: int = 0
    requests: int = 0

    @property
    def is_delivered(self) -> bool:
        """Nothing is in doubt or unsent, nothing stood in the way, and not all of it was refused.

        Skipping is no failure.
        """
        is_all_refused = self.to_send > 0 and not self.sent and not self.pending
        return self.status in ("settled", "pending", "skipped") and not is_all_refused

    def metadata(self) -> dict[str, str | int]:
        """Every figure and word of the receipt."""
        return {name: value for name, value in asdict(self).items() if value is not None}
