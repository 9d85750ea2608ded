"""`make test`: every check of the project, one after the other, each with its time."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console

PROJECT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
console = Console(highlight=False)

# pytest comes last: its closing line is the closing line of the whole.
CHECKS = (
    ("style", [str(BIN / "ruff"), "check", "--quiet", "."]),
    ("format", [str(BIN / "ruff"), "format", "--check", "--quiet", "."]),
    ("types", [str(BIN / "mypy"), "--no-error-summary"]),
    ("dbt parses", [str(BIN / "dbt"), "parse", "--quiet"]),
    (
        "SQL style",
        [str(BIN / "sqlfluff"), "lint", "--processes", "2", "models", "tests/conservation"],
    ),
    ("definitions load", [str(BIN / "dg"), "check", "defs"]),
    # Two workers for two cores; a file stays with one, because its tests share what they built. In
    # the order of conftest.py: xdist's own would leave the longest to the end.
    (
        "tests",
        [
            *(str(BIN / "pytest"), "-q", "-n", "2", "--dist", "loadfile"),
            *("--no-loadscope-reorder", *sys.argv[1:]),
        ],
    ),
)


def main() -> int:
    """Run the checks; the first that fails ends the run with its exit code."""
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "KITH_HOME": home, "PYTHONWARNINGS": "ignore"}
        for name, command in CHECKS:
            console.rule(f"[bold]{name}", align="left")
            started = time.monotonic()
            code = subprocess.run(command, cwd=PROJECT, env=environment, check=False).returncode
            if code:
                console.print(f"[red]{name} failed[/red]: {' '.join(command)}")
                return code
            if name != "tests":
                console.print(f"{name}: {time.monotonic() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
