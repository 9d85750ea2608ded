"""Finding components in a process of its own: the seconds, and the most memory that it needed."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path

from benchmarks.peak_memory import peak_memory
from orchestration.warehouse import PROJECT

PREPARING_SECONDS = 60


@dataclass(frozen=True)
class Run:
    """One run: seconds of the components alone, without imports, parsing and the process.

    `peak` is the whole process's, in bytes. A run that was stopped has none.
    """

    seconds: float
    peak: int | None


def run(work: Callable[[Path], float], database: Path, patience: float) -> Run:
    """Let a function find the components of a database and say its seconds.

    A run that takes more than `patience` seconds is stopped, and is said to have taken them.
    Raises CalledProcessError if it fails.
    """
    command = [sys.executable, "-m", __name__, work.__module__, work.__name__, str(database)]
    try:
        done = subprocess.run(
            command,
            # DuckDB spills into the folder in which a database in memory was opened.
            cwd=database.parent,
            env={**os.environ, "PYTHONPATH": str(PROJECT)},
            check=True,
            stdout=subprocess.PIPE,
            timeout=patience + PREPARING_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return Run(patience, None)
    return Run(**json.loads(done.stdout.splitlines()[-1]))


def _report(module: str, function: str, database: str) -> None:
    work: Callable[[Path], float] = getattr(import_module(module), function)
    taken = work(Path(database))
    sys.stdout.write(f"{json.dumps(asdict(Run(taken, peak_memory())))}\n")


if __name__ == "__main__":
    _report(*sys.argv[1:])
