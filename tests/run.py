"""`make test`: every check of the project, each with its time."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from rich.console import Console

PROJECT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
console = Console(highlight=False)


class Check(NamedTuple):
    """A command that succeeds or fails; `name` is what people read."""

    name: str
    command: tuple[str, ...]

    @classmethod
    def of(cls, name: str, tool: str, *arguments: str) -> "Check":
        """A check by a tool of this environment."""
        return cls(name, (str(BIN / tool), *arguments))


STYLE = Check.of("style", "ruff", "check", "--quiet", ".")
FORMAT = Check.of("format", "ruff", "format", "--check", "--quiet", ".")
TYPES = Check.of("types", "mypy", "--no-error-summary")
PARSES = Check.of("dbt parses", "dbt", "parse", "--quiet")
LOADS = Check.of("definitions load", "dg", "check", "defs")
SQL = Check.of(
    "SQL style",
    *("python", "-m", "tests.sql_style", "lint", "--processes", "2"),
    *("models", "tests/conservation"),
)
# Two workers for two cores; a file stays with one, because its tests share what they built. In the
# order of conftest.py: xdist's own would leave the longest to the end.
PYTEST = ("-q", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder", *sys.argv[1:])
TESTS = Check.of("tests", "pytest", *PYTEST)

# One stage after the other, the lanes of a stage at the same time: each keeps one core busy.
# pytest comes last: its closing line is the closing line of the whole.
STAGES = (
    ((STYLE, FORMAT),),
    ((TYPES,), (PARSES, LOADS, SQL)),
    ((TESTS,),),
)


def main() -> int:
    """Run the checks; the first stage that fails ends the run with its exit code."""
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "KITH_HOME": home, "PYTHONWARNINGS": "ignore"}
        for lanes in STAGES:
            with ThreadPoolExecutor(len(lanes)) as threads:
                codes = threads.map(lambda lane: _run(lane, environment), lanes)
                if code := max(codes):
                    return code
    return 0


def _run(lane: tuple[Check, ...], environment: Mapping[str, str]) -> int:
    """The exit code of the first check that fails, or 0."""
    for check in lane:
        console.rule(f"[bold]{check.name}", align="left")
        started = time.monotonic()
        code = subprocess.run(check.command, cwd=PROJECT, env=environment, check=False).returncode
        if code:
            console.print(f"[red]{check.name} failed[/red]: {' '.join(check.command)}")
            # A command that a signal ended has a negative one.
            return abs(code)
        if check is not TESTS:
            console.print(f"{check.name}: {time.monotonic() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
