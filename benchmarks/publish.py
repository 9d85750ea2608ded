"""Area `publish`: from tested doorways to the file that BI and syncs read."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from benchmarks import build
from benchmarks.bench import Bench
from benchmarks.figures import AtMost, Figure, in_turns
from orchestration.serve import publish
from orchestration.warehouse import Home


def figures(bench: Bench) -> Iterator[Figure]:
    """Publishing a batch as a multiple of copying the same file."""
    home = Home(bench.root / f"build-{bench.events}")
    if not home.doorways.exists():
        home, _ = build.built(bench)
    bench.report("publishing, and copying the file")
    copy, ours = in_turns(
        bench.rounds, lambda: _copy(home.doorways, home.root / "copy"), lambda: publish(home)
    )
    megabytes = home.doorways.stat().st_size / 1e6
    yield Figure(
        "publish",
        "publish ÷ file copy",
        ours / copy,
        f"{megabytes:,.0f} MB in {ours:.2f} s, copied and synced in {copy:.2f} s, n={bench.rounds}",
        AtMost(2.0),
    )


def _copy(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)
    with target.open("rb") as file:
        os.fsync(file.fileno())
