"""A large audience: its first run, a run with nothing changed, and one with a hundredth changed."""

from collections.abc import Iterator
from statistics import median

from benchmarks.bench import Bench
from benchmarks.figures import AtMost, Figure
from benchmarks.sync_kith import Run, by_kith
from benchmarks.sync_served import served
from benchmarks.sync_world import customers, new_home, publication, publish, sync_of_all
from orchestration.warehouse import Home

# As many as the destination takes.
BATCH = 1_000
CHANGED = "Bea"


def figures(bench: Bench) -> Iterator[Figure]:
    """As many rows as the bench has events."""
    rows = bench.events
    home = new_home(bench, "large", publication(bench, rows))
    yield _first(bench, home, rows)
    yield from _nothing_changed(bench, home, rows)
    yield _some_changed(bench, home, rows)


def _first(bench: Bench, home: Home, rows: int) -> Figure:
    bench.report(f"sending {rows:,} rows for the first time")
    with served() as destination:
        run = by_kith(home, sync_of_all(BATCH), destination.url)
    _check(run, rows)
    return Figure(
        "sync",
        f"memory of a first run of {rows:,} rows ÷ 1 GiB",
        run.peak / 2**30,
        f"peak {run.peak / 1e6:,.0f} MB in {run.whole:.1f} s (planning {run.planning:.1f}, "
        f"delivering {run.delivering:.1f}, settling {run.settling:.1f}), n=1",
        AtMost(1.0),
    )


def _nothing_changed(bench: Bench, home: Home, rows: int) -> Iterator[Figure]:
    bench.report(f"{rows:,} rows, nothing changed")
    with served() as destination:
        runs = [by_kith(home, sync_of_all(BATCH), destination.url) for _ in range(bench.rounds)]
        requests = destination.seen().requests
    for run in runs:
        _check(run, 0)
    taken = median(run.whole for run in runs)
    name = f"of a run of {rows:,} rows with nothing changed"
    said = f"memory {max(run.peak for run in runs) / 1e6:,.0f} MB, n={len(runs)}"
    yield Figure("sync", f"seconds {name} ÷ 1 s", taken, f"{taken:.2f} s, {said}", AtMost(2.0))
    yield Figure("sync", f"requests {name}", requests, f"n={len(runs)}", AtMost(0))


def _some_changed(bench: Bench, home: Home, rows: int) -> Figure:
    published = publication(bench, rows, changed=CHANGED)
    changed = customers(published, CHANGED)
    publish(home, published)
    bench.report(f"sending {len(changed):,} changed rows of {rows:,}")
    with served(keeps=True) as destination:
        run = by_kith(home, sync_of_all(BATCH), destination.url)
        seen = destination.seen()
    _check(run, len(changed))
    if set(seen.held) != changed:
        raise AssertionError("rows that changed were not sent, or others were")
    return Figure(
        "sync",
        f"rows sent ÷ rows changed, a hundredth of {rows:,}",
        seen.rows / len(changed),
        f"{seen.rows:,} of {len(changed):,} in {run.whole:.2f} s, n=1",
        AtMost(1.0),
    )


def _check(run: Run, sent: int) -> None:
    if (run.receipt["status"], run.receipt["sent"]) != ("settled", sent):
        raise AssertionError(f"the run was to send {sent:,} rows: {run.receipt}")
