"""Area `load`: event files into the raw tables, with quarantine, deduplication and ledger."""

from collections.abc import Iterator

from benchmarks import bare
from benchmarks.bench import Bench
from benchmarks.figures import AtLeast, Figure, seconds
from orchestration.sources.declaration import Declaration
from orchestration.sources.intake import load


def figures(bench: Bench) -> Iterator[Figure]:
    """The load's events a second as a share of two bare reads of the same files."""
    files = bench.base_events()
    declared = bench.declarations
    times = [_one_round(bench, declared, number) for number in range(bench.rounds)]
    scan, table, ours = (sorted(each)[len(times) // 2] for each in zip(*times, strict=True))
    events = bare.scan(files)
    rates = f"{events / ours:,.0f} of {{:,.0f}} events/s; {len(files)} files, n={len(times)}"
    yield Figure("load", "load ÷ bare scan", scan / ours, rates.format(events / scan))
    yield Figure(
        "load",
        "load ÷ bare typed table",
        table / ours,
        rates.format(events / table),
        AtLeast(0.60),
    )


def _one_round(
    bench: Bench, declared: list[Declaration], number: int
) -> tuple[float, float, float]:
    files = bench.base_events()
    home = bench.fresh_home("load")
    bench.land(home, files)
    bench.report(f"bare scan, {number + 1} of {bench.rounds}")
    scan = seconds(lambda: bare.scan(files))
    bench.report(f"bare typed table, {number + 1} of {bench.rounds}")
    table = seconds(lambda: bare.write_table(files, home.root / "bare.duckdb"))
    bench.report(f"load, {number + 1} of {bench.rounds}")
    return scan, table, seconds(lambda: load(home, declared))
