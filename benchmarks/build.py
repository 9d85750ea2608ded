"""Area `build`: all models over events and CRM records, whole and then with 1 % more events."""

from collections.abc import Iterator
from pathlib import Path
from statistics import mean, median

from benchmarks import bare
from benchmarks.bench import Bench
from benchmarks.dbt_runs import Profile
from benchmarks.figures import AtMost, Figure, in_turns
from orchestration.sources.intake import load
from orchestration.warehouse import Home


def figures(bench: Bench) -> Iterator[Figure]:
    """A full build as multiples of bare reads, an incremental one as a share of the full one."""
    files = bench.base_events()
    yardsticks = (lambda: bare.scan(files), lambda: bare.parse(files))
    bench.report("bare scan and bare parse")
    before = in_turns(bench.rounds, *yardsticks)
    home, full = built(bench)
    bench.report("bare scan and bare parse, again")
    # The build takes minutes: other load on the machine is better shared if both sides are seen.
    after = in_turns(bench.rounds, *yardsticks)
    scan, parse = (mean(each) for each in zip(before, after, strict=True))
    base = f"{bare.scan(files):,} events and about as many CRM records, {full.seconds:.1f} s, n=1"
    yield Figure(
        "build",
        "full build ÷ bare scan",
        full.seconds / scan,
        f"{base}; scan {scan:.2f} s, n={2 * bench.rounds}",
    )
    yield Figure(
        "build",
        "full build ÷ only parsing the events",
        full.seconds / parse,
        f"{base}; parsing {parse:.2f} s, n={2 * bench.rounds}; {full.dearest()}",
        AtMost(12),
    )
    batches = [
        _take_up(bench, home, file, f"{number} of {bench.rounds}")
        for number, file in enumerate(bench.increments()[: bench.rounds], start=1)
    ]
    batch = sorted(batches, key=lambda each: each.seconds)[len(batches) // 2]
    yield Figure(
        "build",
        "+1 % events ÷ full build",
        median(each.seconds for each in batches) / full.seconds,
        f"{batch.seconds:.1f} s, n={len(batches)}; {batch.dearest()}",
        AtMost(0.10),
    )


def built(bench: Bench) -> tuple[Home, Profile]:
    """A new home with all models over the whole world, and what building them took."""
    home = bench.fresh_home("build")
    records = sorted(
        file
        for folder in ("ads", "hubspot", "salesforce")
        for file in (bench.landed / folder).rglob("*")
        if file.is_file()
    )
    bench.land(home, [*bench.base_events(), *records])
    bench.report("loading events and CRM records")
    load(home, bench.declarations)
    bench.dbt.run("seed", home)
    bench.report("full build")
    return home, bench.dbt.run("run", home)


def _take_up(bench: Bench, home: Home, file: Path, which: str) -> Profile:
    bench.report(f"incremental build, {which}")
    bench.land(home, [file])
    load(home, bench.declarations)
    return bench.dbt.run("run", home)
