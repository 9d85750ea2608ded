"""Kith's own runs of a sync, in a process each, and where their seconds go."""

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any, ParamSpec, TypeVar
from unittest.mock import patch

from benchmarks import sync_process
from orchestration.activation import deliver, ledger, run, settle
from orchestration.activation.declaration import Sync
from orchestration.activation.deliver import Delivery
from orchestration.destinations.protocol import Destination, HttpDestination
from orchestration.warehouse import Home, connect

SIGNED_WITH = token_hex(8)
Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
Taken = Callable[[Home, int], AbstractContextManager[None]]


@dataclass(frozen=True)
class Run:
    """One run of a sync, in seconds without imports and the process; `peak` is in bytes.

    `locked` is the part of `whole` in which the ledger was open for writing, so `often`.
    """

    whole: float
    delivering: float
    settling: float
    locked: float
    often: int
    receipt: dict[str, Any]
    peak: int

    @property
    def planning(self) -> float:
        """What came before the first request."""
        return self.whole - self.delivering - self.settling


class _Watch:
    """The seconds that passed in the functions and blocks that it times."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.often = 0

    @contextmanager
    def running(self) -> Iterator[None]:
        started = time.perf_counter()
        try:
            yield
        finally:
            self.seconds += time.perf_counter() - started
            self.often += 1

    def function(self, timed: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
        def timing(*arguments: Arguments.args, **named: Arguments.kwargs) -> Result:
            with self.running():
                return timed(*arguments, **named)

        return timing

    def exclusive(self, timed: Taken) -> Taken:
        """Only the turns that keep others out, and not the wait for them."""

        @contextmanager
        def timing(home: Home, kind: int) -> Iterator[None]:
            with timed(home, kind), self.running() if kind == fcntl.LOCK_EX else nullcontext():
                yield

        return timing


def by_kith(home: Home, declared: Sync, url: str) -> Run:
    """Runs a sync once; AssertionError if it cannot be told how long the ledger was open."""
    done = sync_process.run(whole, **arguments(home, declared, url))
    ran = Run(**done.result, peak=done.peak)
    # Once for what is planned, and once more for what became of it.
    if ran.receipt["requests"] and ran.often < 2:
        raise AssertionError("the ledger was written in a way that is not timed here")
    return ran


def rendered(home: Home, declared: Sync, bodies: Path) -> None:
    """Writes the bodies of a first run, one a line, in the order in which they travel."""
    sync_process.run(render, **arguments(home, declared, "http://127.0.0.1"), bodies=str(bodies))


def arguments(home: Home, declared: Sync, url: str) -> dict[str, str]:
    """What `whole` is called with."""
    return {"home": str(home.root), "declared": declared.model_dump_json(), "url": url}


def whole(home: str, declared: str, url: str) -> dict[str, Any]:
    """The work of `by_kith`, in its process: the fields of a Run without `peak`."""
    delivering, settling, writing = _Watch(), _Watch(), _Watch()
    with ExitStack() as patches:
        patches.enter_context(patch.object(ledger, "_taken", writing.exclusive(ledger._taken)))
        patches.enter_context(patch.object(run, "deliver", delivering.function(deliver.deliver)))
        patches.enter_context(patch.object(run, "settle", settling.function(settle.settle)))
        _import_what_parameters_need()
        started = time.perf_counter()
        receipt = _synced(home, declared, url)
        taken = time.perf_counter() - started
    return {
        "whole": taken,
        "delivering": delivering.seconds,
        "settling": settling.seconds,
        "locked": writing.seconds,
        "often": writing.often,
        "receipt": receipt,
    }


def render(home: str, declared: str, url: str, bodies: str) -> dict[str, Any]:
    """The work of `rendered`, in its process: a run that writes what it would send."""

    def write(destination: Destination, delivery: Delivery) -> str:
        if not isinstance(destination, HttpDestination):
            raise TypeError(f"{type(destination).__name__} sends no requests")
        with Path(bodies).open("wb") as file:
            for _, batch in delivery.batches():
                file.write(next(destination.deliver(batch)).content + b"\n")
        return "written to a file"

    with patch.object(run, "deliver", write):
        return _synced(home, declared, url)


def _import_what_parameters_need() -> None:
    # DuckDB imports pandas with the first text that is bound to a statement.
    with connect(Path(":memory:")) as connection:
        connection.execute("select $1", ["a text"])


def _synced(home: str, declared: str, url: str) -> dict[str, Any]:
    environment = {"WEBHOOK_URL": url, "WEBHOOK_SECRET": SIGNED_WITH}
    receipt = run.sync(Sync.model_validate_json(declared), Home(Path(home)), environment)
    return receipt.metadata()
