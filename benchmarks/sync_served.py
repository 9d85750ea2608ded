"""The bare destination, started and stopped, and asked what it has seen."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from orchestration.warehouse import PROJECT

# It ends by itself if whoever started it cannot stop it.
MOST_SECONDS = 1800


@dataclass(frozen=True)
class Seen:
    """What a destination was sent; `held` are the fields by id, if it keeps rows."""

    requests: int
    rows: int
    held: dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Served:
    """A destination that listens at `url`."""

    url: str

    def seen(self) -> Seen:
        """What it was sent until now."""
        return Seen(**httpx.get(self.url, timeout=60).json())


@contextmanager
def served(
    delay: float = 0.0, *, refused: tuple[str, ...] = (), keeps: bool = False
) -> Iterator[Served]:
    """A destination that answers after `delay` seconds, in a process that ends with the block."""
    command = [sys.executable, "-m", "benchmarks.sync_server"]
    command += ["--delay", str(delay), "--most-seconds", str(MOST_SECONDS)]
    command += ["--keeps"] if keeps else []
    command += ["--refused", *refused] if refused else []
    with subprocess.Popen(
        command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            port = process.stdout.readline().strip() if process.stdout else ""
            yield Served(f"http://127.0.0.1:{port}/rows")
        finally:
            process.kill()
