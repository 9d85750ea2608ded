"""Delivering, against httpx alone and drt-core, to a destination with and without a delay."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from benchmarks import sync_drt
from benchmarks.bench import Bench
from benchmarks.figures import AtLeast, AtMost, Figure
from benchmarks.sync_bare import by_httpx
from benchmarks.sync_drt import Project
from benchmarks.sync_kith import Run, by_kith, rendered
from benchmarks.sync_served import Served, served
from benchmarks.sync_world import BATCH, CONCURRENCY, new_home, publication, sync_of_all

DELAY_SECONDS = 0.02
SLOW = "answers after 20 ms"
FAST = "answers at once"


@dataclass(frozen=True)
class Rows:
    """What is delivered: a publication of `count` customers, and its bodies as Kith sends them."""

    bench: Bench
    count: int
    published: Path
    bodies: Path


@dataclass
class Runs:
    """All runs to one destination; `drt_parts` are those of its project of several syncs."""

    kith: list[Run] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    drt: list[float] = field(default_factory=list)
    drt_parts: list[float] = field(default_factory=list)


def figures(bench: Bench) -> Iterator[Figure]:
    """A tenth as many rows as the bench has events, `BATCH` in a request."""
    rows = _rows(bench, bench.events // 10)
    slow = _measured(rows, SLOW, DELAY_SECONDS)
    fast = _measured(rows, FAST, 0)
    yield _delivery(rows, SLOW, slow)
    yield _whole(rows, FAST, fast)
    yield _lock(rows, slow)
    if sync_drt.obstacle() is None:
        yield from _against_drt(rows, SLOW, slow)
        yield from _against_drt(rows, FAST, fast)


def _rows(bench: Bench, count: int) -> Rows:
    published = publication(bench, count)
    bodies = bench.root / f"sync-{count}.bodies"
    rendered(new_home(bench, "bodies", published), sync_of_all(), bodies)
    return Rows(bench, count, published, bodies)


def _measured(rows: Rows, words: str, delay: float) -> Runs:
    """All ways in turns, so that all share the noise; drt-core, which takes long, less often."""
    runs = Runs()
    for number in range(rows.bench.many_rounds):
        rows.bench.report(f"{rows.count:,} rows, {words}: round {number + 1}")
        with _taking_all(rows, delay) as destination:
            home = new_home(rows.bench, "delivery", rows.published)
            runs.kith.append(by_kith(home, sync_of_all(), destination.url))
        with _taking_all(rows, delay) as destination:
            runs.bare.append(by_httpx(rows.bodies, destination.url, CONCURRENCY))
        if number < rows.bench.rounds and sync_drt.obstacle() is None:
            rows.bench.report(f"{rows.count:,} rows, {words}: drt-core, round {number + 1}")
            runs.drt.append(_by_drt(rows, delay, 1))
            runs.drt_parts.append(_by_drt(rows, delay, CONCURRENCY))
    return runs


def _by_drt(rows: Rows, delay: float, parts: int) -> float:
    with _taking_all(rows, delay) as destination:
        folder = rows.bench.root / "sync-drt"
        project = Project.create(folder, destination.url, BATCH, parts=parts)
        project.publish(rows.published)
        return project.run(threads=parts).seconds


@contextmanager
def _taking_all(rows: Rows, delay: float) -> Iterator[Served]:
    """A new destination; AssertionError unless it was sent every row once."""
    with served(delay) as destination:
        yield destination
        if (sent := destination.seen().rows) != rows.count:
            raise AssertionError(f"{sent:,} rows were sent instead of {rows.count:,}")


def _delivery(rows: Rows, words: str, runs: Runs) -> Figure:
    ours, bare = median(run.delivering for run in runs.kith), median(runs.bare)
    return Figure(
        "sync",
        f"delivering {rows.count:,} rows, {words} ÷ httpx alone",
        ours / bare,
        f"{ours:.2f} s; httpx {bare:.2f} s; {BATCH} rows a request, {CONCURRENCY} at once, "
        f"n={len(runs.bare)}",
        AtMost(1.1),
    )


def _whole(rows: Rows, words: str, runs: Runs) -> Figure:
    ours, bare = _seconds(runs), median(runs.bare)
    parts = {
        "planning": median(run.planning for run in runs.kith),
        "delivering": median(run.delivering for run in runs.kith),
        "settling": median(run.settling for run in runs.kith),
    }
    said = ", ".join(f"{name} {seconds:.2f}" for name, seconds in parts.items())
    return Figure(
        "sync",
        f"planning, delivering and settling {rows.count:,} rows, {words} ÷ httpx alone",
        ours / bare,
        f"{ours:.2f} s ({said}); httpx {bare:.2f} s, n={len(runs.bare)}",
        AtMost(2.0),
    )


def _lock(rows: Rows, runs: Runs) -> Figure:
    locked, often = median(run.locked for run in runs.kith), runs.kith[0].often
    return Figure(
        "sync",
        f"ledger open for writing ÷ run of {rows.count:,} rows, {SLOW}",
        median(run.locked / run.whole for run in runs.kith),
        f"{locked:.2f} s, {often} times, in {_seconds(runs):.2f} s, n={len(runs.kith)}",
        AtMost(0.05),
    )


def _against_drt(rows: Rows, words: str, runs: Runs) -> Iterator[Figure]:
    ours = _seconds(runs)
    for name, theirs, bound in (
        (sync_drt.NAME, median(runs.drt), AtLeast(3.0)),
        (f"{sync_drt.NAME} in {CONCURRENCY} syncs", median(runs.drt_parts), None),
    ):
        yield Figure(
            "sync",
            f"rows a second, {words} ÷ {name}",
            theirs / ours,
            f"{rows.count / ours:,.0f}, and {rows.count / theirs:,.0f} in the {theirs:.2f} s that "
            f"it tells of; whole runs, n={len(runs.drt)}",
            bound,
        )


def _seconds(runs: Runs) -> float:
    return median(run.whole for run in runs.kith)
