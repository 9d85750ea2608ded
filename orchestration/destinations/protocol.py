"""What a destination is: the one place that knows a vendor, and all that the engine asks of it."""

import hashlib
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple, Protocol, runtime_checkable

import httpx
from pydantic import BaseModel, ConfigDict

Exchange = Generator[httpx.Request, httpx.Response, None]
Mode = Literal["upsert", "insert", "update", "mirror", "audience", "append"]
Leave = Literal["nothing", "clear", "remove", "delete"]
# In the extensions of a request that would do a thing twice if it were repeated after an answer was
# lost, such as a vendor's insert without a key: its rows are in doubt at once.
ONCE = "once"
Operation = Literal["added", "changed", "removed"]


class Options(BaseModel):
    """What an exposure may say under `options`; each kind of destination declares its own."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True)
class Offer:
    """What a kind of destination can do.

    `leave` are the ways to take a row back; the first is what a withdrawn consent asks for.
    `objects` are its kinds of record: None if there is only one, empty if any name will do. `match`
    are the fields by which it finds a record: None if any will do, empty if there are none; without
    `needs_match` a sync may leave it out, and records are known by their key. `batch` is the most
    rows that it takes in one request, `requests_per_second` what it admits by default. One that
    `is_whole` is handed the complete audience as a file instead. `variables` are those of the
    environment without which it cannot be reached.
    """

    modes: tuple[Mode, ...]
    leave: tuple[Leave, ...]
    objects: tuple[str, ...] | None = None
    match: tuple[str, ...] | None = None
    needs_match: bool = False
    options: type[Options] = Options
    batch: int = 100
    requests_per_second: float = 9
    is_whole: bool = False
    variables: tuple[str, ...] = ()


class Row(NamedTuple):
    """One record to write or to take back.

    `fields` is a JSON object, empty for a removal. `match` is the value that the destination knows
    the record by, `remote_id` the destination's own id as an earlier outcome told it, or empty.
    `key` is the same whenever the same content travels, so that a vendor can drop a repetition.
    `ticket` names the vendor's job in which the row travels, when it is asked about.
    """

    position: int
    operation: Operation
    customer_id: str
    match: str
    fields: str
    key: str = ""
    remote_id: str = ""
    ticket: str = ""


@dataclass(frozen=True)
class Batch:
    """Rows that travel together: all removals, or none. `key` is the same whenever they travel.

    `planned_at` is the plan's moment, in seconds since 1970.
    """

    key: str
    rows: tuple[Row, ...]
    planned_at: float = 0

    @property
    def is_removal(self) -> bool:
        """Whether the rows are to be taken back rather than written."""
        return self.rows[0].operation == "removed"

    def part(self, rows: tuple[Row, ...]) -> "Batch":
        """Some of the rows, as a batch with a key of its own."""
        return Batch(f"{self.key}:{rows[0].position}-{len(rows)}", rows, self.planned_at)

    def halves(self) -> tuple["Batch", "Batch"]:
        """The batch in two."""
        middle = len(self.rows) // 2
        return self.part(self.rows[:middle]), self.part(self.rows[middle:])


class Outcome(NamedTuple):
    """What became of one row.

    `code` and `message` are the vendor's words for a rejection. `remote_id` is the vendor's id of a
    row that was sent, where a later request will need it. A `pending` row travels in a job of the
    vendor's, whose `ticket` the next run asks about.
    """

    position: int
    status: Literal["sent", "rejected", "in_doubt", "unsent", "pending"]
    code: str = ""
    message: str = ""
    remote_id: str = ""
    ticket: str = ""


@cache
def sent(position: int) -> Outcome:
    """The outcome of a row that was taken and needs no more words; the same in every batch."""
    return Outcome(position, "sent")


Steps = Generator[httpx.Request, httpx.Response, list[Outcome]]


def account(*parts: str) -> str:
    """A name for an account that gives neither its address nor its secret away."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


class BatchRefused(Exception):
    """The vendor refused all rows of a batch, perhaps for one of them: the engine divides it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.code = code
        self.message = message


@runtime_checkable
class HttpDestination(Protocol):
    """A destination that is sent batches. To dispatch a request, `yield` it:

        def deliver(self, batch):
            response = yield httpx.Request("POST", self.url, json=...)
            return [Outcome(row.position, "sent") for row in batch.rows]

    The engine authenticates, paces and repeats requests; what is yielded back is a 2xx, 400, 404,
    409, 413 or 422. `account` names what shares one budget of requests at the vendor, without
    giving a secret away.
    """

    account: str
    auth: httpx.Auth | None

    def prepare(self, types: Mapping[str, str]) -> Exchange:
        """Makes the destination ready for the fields (`types`: DuckDB type by field).

        Asked only if there is something to send. Raises BatchRefused if it cannot be.
        """
        ...

    def deliver(self, batch: Batch) -> Steps:
        """What became of each row; a row without an outcome is in doubt. Raises BatchRefused."""
        ...

    def throttled(self, response: httpx.Response) -> bool:
        """Whether a 4xx other than 429 is this vendor's way to ask for patience."""
        ...


@runtime_checkable
class JobDestination(HttpDestination, Protocol):
    """A destination that answers later."""

    def poll(self, ticket: str, batch: Batch) -> Steps:
        """What became of the rows that travelled under a ticket; `pending` if still at work."""
        ...


@runtime_checkable
class FileDestination(Protocol):
    """A destination that is handed the complete audience as one file."""

    options: str

    def publish(self, spool: Path) -> None:
        """Puts the file that SQL wrote in its place, at once and durably."""
        ...

    def is_lost(self) -> bool:
        """Whether what was published is gone, as far as a look tells that costs no request."""
        ...


class Unreachable(Exception):
    """The destination could not be spoken to, and nothing was done; the text names no secret."""


@runtime_checkable
class TransactionDestination(Protocol):
    """A destination that takes all batches of a run in one transaction of its own."""

    def transact(self, batches: Iterable[Batch]) -> Mapping[str, list[Outcome]]:
        """Outcomes by the key of the batch, once all is committed; rows without one were taken.

        Raises Unreachable if nothing was done.
        """
        ...


Destination = HttpDestination | FileDestination | TransactionDestination
