"""One run of a sync: planned, delivered, settled; and after a crash, first finished."""

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

import duckdb

from orchestration.activation.declaration import Sync
from orchestration.activation.deliver import Delivery, deliver, inquire
from orchestration.activation.interrupted import basis, is_still_due
from orchestration.activation.journal import sync_to_disk
from orchestration.activation.ledger import (
    declare,
    ledger,
    published_at,
    reading,
    receipt_of,
    statement,
    workspace,
    writing,
)
from orchestration.activation.lost import held_for_loss
from orchestration.activation.plan import NotPlanned, attach, plan, spool
from orchestration.activation.receipt import Plan, Receipt
from orchestration.activation.samples import Sample, samples
from orchestration.activation.settle import settle
from orchestration.destinations import build, unset
from orchestration.destinations.protocol import Destination, FileDestination, JobDestination
from orchestration.warehouse import Home

Types = Mapping[str, str]
# A folder of the spool that is no sync's: names of exposures have no dot.
BUDGETS = ".budgets"
PLAN_ONLY = "plan only"


def sync(sync: Sync, home: Home, environment: Mapping[str, str] = os.environ) -> Receipt:
    """Brings the destination to what the publication says, as far as it can be reached.

    What the vendor does wrong is in the receipt; only errors of this program are raised.
    """
    with _alone(home.spool / sync.name) as is_alone:
        run = _Run(sync, home, build(sync, home, environment))
        if not is_alone:
            return run.recorded(run.skipped("another run of this sync is under way"))
        with workspace(home) as connection:
            run.recover(connection)
            if run.destination is None:
                unknown = ", ".join(unset(sync, environment))
                return run.recorded(run.skipped(f"no credentials: {unknown} not set"))
            try:
                run_id, types = run.plan(connection)
            except NotPlanned as obstacle:
                return run.recorded(obstacle.plan)
        return run.finish(run_id, types)


def refused(name: str, reason: str, home: Home) -> Receipt:
    """Records that a sync cannot be attempted as it is declared."""
    return _recorded(Plan(sync=name, status="refused", reason=reason), "unknown", home)


def plan_only(
    sync: Sync, home: Home, *, show_values: bool = False
) -> tuple[Plan, tuple[Sample, ...]]:
    """What a run would send now, and a few of its rows, masked by default. Changes no file."""
    with workspace(home) as connection:
        try:
            columns = attach(connection, sync, home)
            planned = plan(connection, sync, columns, home, PLAN_ONLY)
        except NotPlanned as obstacle:
            planned = obstacle.plan
            if planned.status == "refused":
                return planned, ()
        if loss := held_for_loss(sync.name, home):
            planned = replace(planned, status="held", reason=loss)
        return planned, samples(connection, sync, columns, show_values=show_values)


class _Run:
    """A sync at work in its folder of the spool."""

    def __init__(self, sync: Sync, home: Home, destination: Destination | None) -> None:
        self.sync = sync
        self.home = home
        self.destination = destination
        self.folder = home.spool / sync.name

    def recover(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Finishes the runs that a crash interrupted, and clears what they left behind.

        Such a run is only delivered further while nothing that it was planned from has changed:
        otherwise what it has not journalled is in doubt, and the next plan decides anew.
        """
        with reading(connection, self.home):
            unsettled = connection.execute(statement("unsettled"), {"sync": self.sync.name})
            runs = unsettled.fetchall()
        for run_id, status in runs:
            if status == "pending":
                self.ask(run_id)
            else:
                self.finish(
                    run_id, self._types() if is_still_due(self.sync, self.home, run_id) else None
                )
        for left in self.folder.glob("*.*"):
            left.unlink()

    def plan(self, connection: duckdb.DuckDBPyConnection) -> tuple[str, Types | None]:
        """Commits a plan whose spool is on disk; the types of what there is to send, if anything.

        Raises NotPlanned and leaves no trace if nothing may be sent.
        """
        planned_from = basis(self.sync, self.home)
        columns = attach(connection, self.sync, self.home)
        run_id = _new_run_id(connection)
        is_lost = isinstance(self.destination, FileDestination) and self.destination.is_lost()
        declare(connection, is_lost=is_lost)
        planned = plan(connection, self.sync, columns, self.home, run_id)
        if planned.to_send:
            options = getattr(self.destination, "options", None)
            spool(connection, self.sync, columns, self._file(run_id, "spool"), options)
            self._file(run_id, "basis").write_text(planned_from)
            for written in self.folder.glob(f"{run_id}.*"):
                sync_to_disk(written)
            sync_to_disk(self.folder)
        with writing(connection, self.home):
            connection.execute(statement("commit"))
            _record(connection, planned, run_id, self.sync.destination, self.home)
        return run_id, columns.types if planned.to_send else None

    def ask(self, run_id: str) -> None:
        """Asks the vendor about the jobs of an earlier run, and settles what it tells."""
        if not isinstance(self.destination, JobDestination):
            return
        journal = self._file(run_id, "journal")
        # A crash may have left them behind that came after the run was settled as pending.
        for kind in ("journal", "outbox"):
            self._file(run_id, kind).unlink(missing_ok=True)
        with workspace(self.home) as connection, reading(connection, self.home):
            declare(connection, run_id=run_id)
            spool = self._file(run_id, "spool")
            connection.execute(statement("asked").format(spool=spool))
        reason = inquire(self.destination, self._delivery(run_id, spool, {}))
        settle(self.home, run_id, journal, reason, self._file(run_id, "outbox"))

    def finish(self, run_id: str, types: Types | None) -> Receipt:
        """Settles a planned run, after delivering it if there is something due to deliver."""
        reason = "interrupted"
        journal = self._file(run_id, "journal")
        if types is not None and self.destination is not None:
            spool = self._file(run_id, "spool" if self.sync.offer.is_whole else "outbox")
            reason = deliver(self.destination, self._delivery(run_id, spool, types))
        receipt = settle(self.home, run_id, journal, reason, self._file(run_id, "outbox"))
        for kind in ("spool", "outbox", "basis", "journal"):
            self._file(run_id, kind).unlink(missing_ok=True)
        return receipt

    def skipped(self, reason: str) -> Plan:
        """A run that is not attempted."""
        return Plan(sync=self.sync.name, status="skipped", reason=reason)

    def recorded(self, planned: Plan) -> Receipt:
        """Records a run that sends nothing."""
        return _recorded(planned, self.sync.destination, self.home)

    def _delivery(self, run_id: str, spool: Path, types: Types) -> Delivery:
        return Delivery(
            run_id,
            spool,
            self._file(run_id, "journal"),
            types,
            self.sync,
            self.home.spool / BUDGETS,
        )

    def _types(self) -> Types:
        with workspace(self.home) as connection:
            return attach(connection, self.sync, self.home).types

    def _file(self, run_id: str, kind: str) -> Path:
        return self.folder / f"{run_id}.{kind}"


def _recorded(planned: Plan, destination: str, home: Home) -> Receipt:
    with ledger(home) as connection:
        run_id = _new_run_id(connection)
        _record(connection, planned, run_id, destination, home)
        return receipt_of(connection, run_id)


def _record(
    connection: duckdb.DuckDBPyConnection, planned: Plan, run_id: str, destination: str, home: Home
) -> None:
    counts = asdict(planned)
    del counts["known"], counts["former"]
    more = {"run_id": run_id, "destination": destination, "published_at": published_at(home)}
    connection.execute(statement("record"), counts | more)


def _new_run_id(connection: duckdb.DuckDBPyConnection) -> str:
    """Ids that sort by time."""
    return str(connection.execute("select uuidv7()").fetchall()[0][0])


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Whether this is the only run of the sync; the system frees the lock even after a kill."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
