"""Area `setup`: what every run pays before it does anything."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator

from benchmarks.bench import Bench
from benchmarks.dbt_runs import options
from benchmarks.figures import Figure, in_turns
from orchestration.warehouse import PROJECT

YARDSTICK = "import duckdb"


def figures(bench: Bench) -> Iterator[Figure]:
    """Starting each tool in a process of its own, as a multiple of starting duckdb's."""
    parse = ["parse", *options(bench.dbt.target)]
    dbt = f"from dbt.cli.main import dbtRunner; dbtRunner().invoke({parse})"
    starts = {
        "import orchestration.definitions": "import orchestration.definitions",
        "import dbt": "import dbt.cli.main",
        "dbt parse, nothing changed": dbt,
    }
    bench.report("starting processes")
    works = [_start(bench, code) for code in (YARDSTICK, *starts.values())]
    yardstick, *times = in_turns(bench.rounds, *works)
    for name, taken in zip(starts, times, strict=True):
        yield Figure(
            "setup",
            f"{name} ÷ {YARDSTICK}",
            taken / yardstick,
            f"{taken:.2f} s and {yardstick:.2f} s, n={bench.rounds}",
        )


def _start(bench: Bench, code: str) -> Callable[[], object]:
    environment = {**os.environ, "KITH_HOME": str(bench.root)}
    return lambda: subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, env=environment, check=True, capture_output=True
    )
