"""Changes so large that a person should look first, and the word that lets one go out."""

from dataclasses import dataclass

from orchestration.activation.declaration import Guards, Sync
from orchestration.activation.ledger import ledger, reading, statement, workspace
from orchestration.activation.receipt import Plan
from orchestration.warehouse import Home

# What was approved was approved of the day before; a tenth more of it is still what was meant.
ALLOWANCE = 1.1


class NothingHeld(Exception):
    """There is no held run to approve."""


@dataclass(frozen=True)
class Approved:
    """What a person let go out, in rows."""

    added: int
    removed: int

    def covers(self, planned: Plan) -> bool:
        """Whether a plan is what was approved, and hardly more."""
        return (
            planned.added <= self.added * ALLOWANCE and planned.removed <= self.removed * ALLOWANCE
        )


def tripped(sync: Sync, planned: Plan) -> str | None:
    """Why the plan must not go out without somebody's word, or None."""
    guards = sync.guards
    small_removal = planned.removed < guards.ignore_below
    if (
        planned.known
        and planned.removed / planned.known > guards.max_removed_share
        and not small_removal
    ):
        return (
            f"would remove {planned.removed:,} of {planned.known:,} rows, more than "
            f"guards.max_removed_share ({guards.max_removed_share:.0%}); {_remedy(sync)}"
        )
    size = max(planned.known, planned.former)
    if not size:
        return _first_run(sync, guards, planned)
    if planned.added / size > guards.max_added_share and planned.added >= guards.ignore_below:
        return (
            f"would add {planned.added:,} rows to {size:,}, more than "
            f"guards.max_added_share ({guards.max_added_share:.0%}); {_remedy(sync)}"
        )
    return None


def approve(sync: Sync, home: Home) -> Plan:
    """Lets the sync's last run go out if it was held; returns it. Raises NothingHeld otherwise."""
    with workspace(home) as connection, reading(connection, home):
        cursor = connection.execute(statement("held"), {"sync": sync.name})
        found = cursor.fetchall()
    if not found:
        raise NothingHeld(f"the last run of {sync.name} was not held, so there is nothing to do")
    run_id, reason, added, changed, removed = found[0]
    with ledger(home) as connection:
        connection.execute(
            statement("approve"),
            {"sync": sync.name, "run_id": run_id, "added": added, "removed": removed},
        )
    return Plan(
        sync=sync.name,
        status="held",
        reason=reason,
        added=added,
        changed=changed,
        removed=removed,
    )


def _first_run(sync: Sync, guards: Guards, planned: Plan) -> str | None:
    if planned.added <= guards.max_first_run:
        return None
    return (
        f"a first run would send {planned.added:,} rows, more than "
        f"guards.max_first_run ({guards.max_first_run:,}); {_remedy(sync)}"
    )


def _remedy(sync: Sync) -> str:
    return (
        f"look with `kith plan {sync.name}`, let it go out once with "
        f"`kith sync approve {sync.name}`, or raise the guard in {sync.file}"
    )
