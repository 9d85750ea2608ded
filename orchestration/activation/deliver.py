"""Delivers a spooled plan. No database is open meanwhile; the journal is all that is written."""

import asyncio
import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path
from uuid import UUID

from pyarrow.parquet import ParquetFile

from orchestration.activation.connections import Connections, connections
from orchestration.activation.declaration import Sync
from orchestration.activation.journal import Journal
from orchestration.activation.pace import Pace
from orchestration.activation.scrub import scrubbed
from orchestration.activation.transport import Transport, Undelivered
from orchestration.destinations.protocol import (
    Batch,
    BatchRefused,
    Destination,
    FileDestination,
    HttpDestination,
    JobDestination,
    Outcome,
    Row,
    TransactionDestination,
    Unreachable,
)

PREPARATION = -1
ALL_REFUSED = 25
# Of a spool: the number of the batch, and the fields of Row in their order.
COLUMNS = [
    *("batch", "position", "operation", "customer_id", "match_value", "fields", "key"),
    *("remote_id", "ticket"),
]
Numbered = tuple[int, Batch]


@dataclass(frozen=True)
class Delivery:
    """What is to be delivered: the spool of a committed plan, and the types of its fields.

    `budgets` is the folder in which accounts keep their pace.
    """

    run_id: str
    spool: Path
    journal: Path
    types: Mapping[str, str]
    sync: Sync
    budgets: Path

    def batches(self) -> Iterator[Numbered]:
        """The batches of the spool, in their order; read as they are asked for."""
        planned_at = self.planned_at
        for number, entries in groupby(chain.from_iterable(self._groups()), key=itemgetter(0)):
            rows = tuple(map(itemgetter(1), entries))
            yield number, Batch(f"{self.run_id}:{number}", rows, planned_at)

    def _groups(self) -> Iterator[Iterable[tuple[int, Row]]]:
        """The number of its batch, and the row, for all rows of a group of the file."""
        # What Row._make does, without a call of Python's for each row.
        as_row = partial(tuple.__new__, Row)
        with ParquetFile(self.spool) as file:
            # A group at a time: an iteration over all keeps what it has been through.
            for group in range(file.num_row_groups):
                rows = file.read_row_group(group, columns=COLUMNS, use_threads=False)
                numbers, *values = (column.to_pylist() for column in rows.columns)
                yield zip(numbers, map(as_row, zip(*values, strict=True)), strict=True)

    @property
    def planned_at(self) -> float:
        """When the run was planned, in seconds since 1970: the id, a UUID of version 7, tells."""
        return (UUID(self.run_id).int >> 80) / 1000


# A destination that takes the whole audience answers for both at once: the plan's removals, and the
# rest.
WHOLE = {0, 1}


def deliver(destination: Destination, delivery: Delivery) -> str:
    """Sends the batches that the journal does not answer for; returns why it stopped early, if so.

    A vendor's failure is an outcome in the journal, never an exception.
    """
    with Journal(delivery.journal) as journal, _earlier_objects_left_alone():
        if isinstance(destination, HttpDestination):
            return asyncio.run(_Courier(destination, journal, delivery).deliver())
        try:
            if isinstance(destination, FileDestination):
                _publish(destination, journal, delivery)
            else:
                _transact(destination, journal, delivery)
        except Unreachable as failure:
            return str(failure)
    return ""


def inquire(destination: JobDestination, delivery: Delivery) -> str:
    """Asks about the rows that travel in the vendor's jobs; the journal has the answers."""
    with Journal(delivery.journal) as journal:
        return asyncio.run(_Courier(destination, journal, delivery).inquire())


@contextmanager
def _earlier_objects_left_alone() -> Iterator[None]:
    """Each row makes a few objects, so that the garbage collector would go through all others."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _publish(destination: FileDestination, journal: Journal, delivery: Delivery) -> None:
    if WHOLE - journal.answered:
        destination.publish(delivery.spool)
        for number in sorted(WHOLE):
            journal.record(number, 0, ())


def _transact(destination: TransactionDestination, journal: Journal, delivery: Delivery) -> None:
    waiting = ((n, batch) for n, batch in delivery.batches() if n not in journal.answered)
    numbers: dict[str, int] = {}

    def batches() -> Iterator[Batch]:
        for number, batch in waiting:
            numbers[batch.key] = number
            yield batch

    outcomes = destination.transact(batches())
    for key, number in numbers.items():
        journal.record(number, 0, outcomes.get(key, ()))


class _Courier:
    """One delivery over HTTP, `limits.concurrency` batches at a time."""

    def __init__(self, destination: HttpDestination, journal: Journal, delivery: Delivery) -> None:
        self._destination = destination
        self._journal = journal
        self._delivery = delivery
        self._limits = delivery.sync.limits
        self._refused_in_a_row = 0
        self._recorded_requests = 0

    async def deliver(self) -> str:
        """Works off the whole spool; returns why it stopped early, if so."""
        async with connections(self._limits) as opened:
            self._open(opened)
            await self._prepare()
            # All removals are answered for before anything else travels: two addresses that we
            # know apart may be one contact at the destination.
            for _, queue in groupby(self._batches(), key=lambda entry: entry[1].is_removal):
                await self._work_off(queue)
            return self._transport.failure

    async def inquire(self) -> str:
        """Asks about every batch that travels in a job; returns why it stopped early, if so."""
        async with connections(self._limits) as opened:
            self._open(opened)
            for number, batch in self._batches():
                outcomes: list[Outcome] = []
                for ticket, rows in groupby(batch.rows, key=lambda row: row.ticket):
                    outcomes += await self._asked(ticket, batch.part(tuple(rows)))
                self._record_batch(number, batch, outcomes)
            return self._transport.failure

    def _open(self, connections: Connections) -> None:
        pace = Pace(
            self._delivery.budgets / self._destination.account,
            self._delivery.sync.requests_per_second,
        )
        self._transport = Transport(connections, self._destination, self._limits, pace)

    async def _work_off(self, queue: Iterator[Numbered]) -> None:
        async with asyncio.TaskGroup() as workers:
            for _ in range(self._limits.concurrency):
                workers.create_task(self._work(queue))

    def _batches(self) -> Iterator[Numbered]:
        for number, batch in self._delivery.batches():
            if number not in self._journal.answered:
                yield number, batch

    async def _prepare(self) -> None:
        try:
            await self._transport.drive(self._destination.prepare(self._delivery.types))
        except Undelivered:
            self._transport.stop(self._transport.failure)
        except BatchRefused as refusal:
            self._transport.stop(f"could not be made ready: {refusal.code}")
        self._record(PREPARATION, ())

    async def _work(self, queue: Iterator[Numbered]) -> None:
        for number, batch in queue:
            self._record_batch(number, batch, await self._outcomes(batch))

    def _record_batch(self, number: int, batch: Batch, outcomes: Sequence[Outcome]) -> None:
        plain = {o.position for o in outcomes if o.status == "sent" and not o.remote_id}
        if len(plain) == len(batch.rows):
            self._record(number, ())
            return
        answers = {answer.position: answer for answer in outcomes}
        self._record(number, [self._final(row, answers) for row in batch.rows])

    def _record(self, number: int, outcomes: Sequence[Outcome]) -> None:
        requests = self._transport.requests
        self._journal.record(number, requests - self._recorded_requests, outcomes)
        self._recorded_requests = requests

    async def _asked(self, ticket: str, batch: Batch) -> Sequence[Outcome]:
        if not isinstance(self._destination, JobDestination):
            return []
        try:
            return await self._transport.drive(self._destination.poll(ticket, batch))
        except (Undelivered, BatchRefused):
            # Asking changes nothing: the job is asked about again by the next run.
            return [Outcome(row.position, "pending", ticket=ticket) for row in batch.rows]

    async def _outcomes(self, batch: Batch) -> Sequence[Outcome]:
        try:
            outcomes = await self._transport.drive(self._destination.deliver(batch))
        except Undelivered as failure:
            return [Outcome(row.position, failure.status) for row in batch.rows]
        except BatchRefused as refusal:
            if len(batch.rows) > 1:
                first, second = batch.halves()
                return [*await self._outcomes(first), *await self._outcomes(second)]
            self._count_refusal(refusal)
            return [Outcome(batch.rows[0].position, "rejected", refusal.code, refusal.message)]
        self._refused_in_a_row = 0
        return outcomes

    def _count_refusal(self, refusal: BatchRefused) -> None:
        self._refused_in_a_row += 1
        if self._refused_in_a_row >= ALL_REFUSED:
            self._transport.stop(f"refuses every row: {refusal.code}")

    def _final(self, row: Row, answers: Mapping[int, Outcome]) -> Outcome:
        answer = answers.get(row.position, Outcome(row.position, "in_doubt"))
        if answer.status == "unsent" and self._journal.is_resumed:
            # The delivery that was killed may have sent it.
            return Outcome(row.position, "in_doubt")
        if not answer.message:
            return answer
        return answer._replace(message=scrubbed(answer.message, row.fields))
