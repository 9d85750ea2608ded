"""What a destination is: the one place that knows a vendor, and all that the engine asks of it."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, runtime_checkable

import httpx

Exchange = Generator[httpx.Request, httpx.Response, None]


@dataclass(frozen=True)
class Row:
    """One record to write or remove. `fields` is a JSON object, empty for a removal."""

    position: int
    operation: Literal["added", "changed", "removed"]
    customer_id: str
    match: str
    fields: str


@dataclass(frozen=True)
class Batch:
    """Rows that travel together: all removals, or none. `key` is the same whenever they travel."""

    key: str
    rows: tuple[Row, ...]

    @property
    def is_removal(self) -> bool:
        """Whether the rows are to be taken back rather than written."""
        return self.rows[0].operation == "removed"

    def halves(self) -> tuple["Batch", "Batch"]:
        """The batch in two, each with a key of its own."""
        middle = len(self.rows) // 2
        return (
            Batch(f"{self.key}:{self.rows[0].position}", self.rows[:middle]),
            Batch(f"{self.key}:{self.rows[middle].position}", self.rows[middle:]),
        )


@dataclass(frozen=True)
class Outcome:
    """What became of one row; `code` and `message` are the vendor's words for a rejection."""

    position: int
    status: Literal["sent", "rejected", "in_doubt", "unsent"]
    code: str = ""
    message: str = ""


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

    The engine paces and repeats requests; what is yielded back is a 2xx, 400, 409, 413 or 422.
    """

    def prepare(self, types: Mapping[str, str]) -> Exchange:
        """Makes the destination ready for the fields (`types`: DuckDB type by field).

        Asked only if there is something to send. Raises BatchRefused if it cannot be.
        """
        ...

    def deliver(self, batch: Batch) -> Generator[httpx.Request, httpx.Response, list[Outcome]]:
        """What became of each row; a row without an outcome is in doubt. Raises BatchRefused."""
        ...


class FileDestination(Protocol):
    """A destination that is handed the complete audience as one file."""

    options: str

    def publish(self, spool: Path) -> None:
        """Puts the file that SQL wrote in its place, at once and durably."""
        ...


Destination = HttpDestination | FileDestination
