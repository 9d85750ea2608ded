"""Work in a process of its own: what it returns, and the most memory that it needed."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from benchmarks.peak_memory import peak_memory
from orchestration.warehouse import PROJECT

PATIENCE_SECONDS = 900


@dataclass(frozen=True)
class Finished:
    """What work in a process of its own returned; `peak` is the whole process's, in bytes."""

    result: dict[str, Any]
    peak: int


def start(work: Callable[..., Mapping[str, Any]], **arguments: str | int) -> subprocess.Popen[str]:
    """Starts work, a function of a module, that takes and returns what JSON can say."""
    command = [sys.executable, "-m", __name__, work.__module__, work.__name__]
    return subprocess.Popen(
        [*command, json.dumps(arguments)],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        stdout=subprocess.PIPE,
        text=True,
    )


def run(work: Callable[..., Mapping[str, Any]], **arguments: str | int) -> Finished:
    """Lets work be done. Raises CalledProcessError if it fails, TimeoutExpired after a while."""
    with start(work, **arguments) as process:
        try:
            said, _ = process.communicate(timeout=PATIENCE_SECONDS)
        finally:
            process.kill()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args)
    return Finished(**json.loads(said.splitlines()[-1]))


def _report(module: str, function: str, arguments: str) -> None:
    work: Callable[..., Mapping[str, Any]] = getattr(import_module(module), function)
    result = work(**json.loads(arguments))
    sys.stdout.write(f"{json.dumps({'result': result, 'peak': peak_memory()})}\n")


if __name__ == "__main__":
    _report(*sys.argv[1:])
