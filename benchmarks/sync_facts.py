"""What Kith and drt-core tell and leave behind when rows are refused, repeated, interrupted."""

import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks import sync_drt, sync_kith, sync_process
from benchmarks.bench import Bench
from benchmarks.figures import AtMost, Figure
from benchmarks.sync_drt import Project
from benchmarks.sync_kith import arguments, by_kith
from benchmarks.sync_served import Seen, Served, served
from benchmarks.sync_world import customers, new_home, publication, publish, sync_of_all
from orchestration.warehouse import Home

ROWS = 2_000
REFUSED = 2
# A request takes as long as many a vendor's, so that there is a half way.
BATCH = 20
DELAY_SECONDS = 0.02
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Told:
    """A bad thing counted, and all of it in words."""

    count: int
    words: str


def figures(bench: Bench) -> Iterator[Figure]:
    """Each counts what should not be; of drt-core there are only words."""
    bench.report(f"facts about {ROWS:,} rows")
    obstacle = sync_drt.obstacle()
    for name, kith, drt in (
        (f"refused rows of {ROWS:,} that are not reported", _refused_by_kith, _refused_by_drt),
        (f"requests when nothing changed, {ROWS:,} rows", _again_by_kith, _again_by_drt),
        ("rows lost or left behind after kill -9 half way", _killed_kith, _killed_drt),
    ):
        ours = kith(bench)
        theirs = obstacle or f"{sync_drt.NAME}: {drt(bench).words}"
        yield Figure("sync", name, ours.count, f"Kith: {ours.words}. {theirs}", AtMost(0))


def _refused_by_kith(bench: Bench) -> Told:
    published = publication(bench, ROWS)
    with served(refused=_victims(published)) as destination:
        home = new_home(bench, "facts", published)
        receipt = by_kith(home, sync_of_all(), destination.url).receipt
    words = f"{receipt['status']}, sent {receipt['sent']:,}, rejected {receipt['rejected']}"
    return Told(abs(REFUSED - receipt["rejected"]), words)


def _refused_by_drt(bench: Bench) -> Told:
    published = publication(bench, ROWS)
    with served(refused=_victims(published)) as destination:
        project = _project(bench, destination, 100, published)
        run = project.run()
    words = (
        f"{run.status}, rows_synced {run.synced:,}, rows_failed {run.failed}, "
        f"{len(project.dead_letters)} dead letter files"
    )
    return Told(abs(REFUSED - run.failed), words)


def _again_by_kith(bench: Bench) -> Told:
    with served() as destination:
        home = new_home(bench, "facts", publication(bench, ROWS))
        by_kith(home, sync_of_all(), destination.url)
        first = destination.seen()
        by_kith(home, sync_of_all(), destination.url)
        return _second(first, destination.seen())


def _again_by_drt(bench: Bench) -> Told:
    with served() as destination:
        project = _project(bench, destination, 100, publication(bench, ROWS))
        project.run()
        first = destination.seen()
        project.run()
        return _second(first, destination.seen())


def _second(first: Seen, both: Seen) -> Told:
    requests, rows = both.requests - first.requests, both.rows - first.rows
    return Told(requests, f"{requests} requests, {rows:,} rows sent again")


def _killed_kith(bench: Bench) -> Told:
    def begin(destination: Served, home: Home) -> subprocess.Popen[str]:
        declared = sync_of_all(BATCH)
        return sync_process.start(sync_kith.whole, **arguments(home, declared, destination.url))

    with served(DELAY_SECONDS, keeps=True) as destination:
        home = new_home(bench, "facts", publication(bench, ROWS))
        half = _killed_half_way(lambda: begin(destination, home), destination)
        remaining = publication(bench, ROWS, gone=True)
        publish(home, remaining)
        by_kith(home, sync_of_all(BATCH), destination.url)
        return _after(half, destination.seen(), remaining)


def _killed_drt(bench: Bench) -> Told:
    with served(DELAY_SECONDS, keeps=True) as destination:
        project = _project(bench, destination, BATCH, publication(bench, ROWS))
        half = _killed_half_way(project.start, destination)
        remaining = publication(bench, ROWS, gone=True)
        project.publish(remaining)
        project.run()
        return _after(half, destination.seen(), remaining)


def _killed_half_way(begin: Callable[[], subprocess.Popen[str]], destination: Served) -> Seen:
    """What had arrived; AssertionError if the process ended before, or does nothing."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    with begin() as process:
        try:
            while destination.seen().rows < ROWS / 2:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise AssertionError("there was no half way at which to kill")
                time.sleep(0.002)
        finally:
            process.kill()
    return destination.seen()


def _after(half: Seen, seen: Seen, remaining: Path) -> Told:
    wanted = customers(remaining)
    lost, left_behind = len(wanted - set(seen.held)), len(set(seen.held) - wanted)
    words = (
        f"{half.rows:,} rows had arrived, {ROWS - len(wanted)} of {ROWS:,} then left the model; "
        f"{seen.rows:,} rows travelled in all, {lost} lost, {left_behind} held that left"
    )
    return Told(lost + left_behind, words)


def _project(bench: Bench, destination: Served, batch: int, published: Path) -> Project:
    project = Project.create(bench.root / "sync-drt", destination.url, batch)
    project.publish(published)
    return project


def _victims(published: Path) -> tuple[str, ...]:
    return tuple(sorted(customers(published))[:REFUSED])
