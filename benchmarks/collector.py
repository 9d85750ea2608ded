"""Area `collector`: events a second that are on disk, beside an endpoint that writes nothing."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from statistics import median

from benchmarks.bench import Bench
from benchmarks.collector_load import KEY, Load, drive, request_of
from benchmarks.figures import AtMost, Figure
from orchestration.warehouse import PROJECT, Home

SIZES = (1, 20, 100)
STOP_SECONDS = 60
DECLARATION = """
sources:
  - {name: bench, write_key: BENCH_WRITE_KEY, events_per_second: 1000000000}
"""


@dataclass(frozen=True)
class Server:
    """A process that listens at `address`."""

    address: str
    pid: int

    def most_memory(self) -> int:
        """The most memory that it needed until now, in bytes; 0 where the system does not say."""
        status = Path(f"/proc/{self.pid}/status")
        found = re.search(r"VmHWM:\s+(\d+)", status.read_text() if status.exists() else "")
        return int(found.group(1)) * 1024 if found else 0


def figures(bench: Bench) -> Iterator[Figure]:
    """Memory over all events, and acknowledged events a second at three sizes of a request."""
    with _collector(bench.fresh_home("collector")) as ours, _bare() as bare:
        yield from _memory(bench, ours)
        for size in SIZES:
            yield from _throughput(bench, ours, bare, size)


def _throughput(bench: Bench, ours: Server, bare: Server, size: int) -> Iterator[Figure]:
    """Both take the same requests, in turns."""
    request = request_of(size)
    # As many requests as there are events to spare, and fewer of the large ones.
    requests = max(64, bench.events // (30 + 2 * size))
    rounds: list[tuple[Load, Load]] = []
    for number in range(bench.rounds):
        bench.report(f"{size} a request, {number + 1} of {bench.rounds}")
        ours_and_bare = [drive(server.address, request, requests) for server in (ours, bare)]
        rounds.append((ours_and_bare[0], ours_and_bare[1]))
    taken, at_least = (
        median(load.seconds for load in loads) for loads in zip(*rounds, strict=True)
    )
    p99s = [1000 * median(load.p99 for load in loads) for loads in zip(*rounds, strict=True)]
    rate = requests * size
    yield Figure(
        "collector",
        f"acknowledged events/s ÷ bare Starlette, {size} a request",
        at_least / taken,
        f"{rate / taken:,.0f} of {rate / at_least:,.0f} events/s, "
        f"p99 {p99s[0]:.1f} and {p99s[1]:.1f} ms, n={bench.rounds}",
    )


def _memory(bench: Bench, ours: Server) -> Iterator[Figure]:
    size = 100
    request = request_of(size)
    tenth = max(1, bench.events // size // 10)
    bench.report("memory")
    drive(ours.address, request, tenth)
    early = ours.most_memory()
    drive(ours.address, request, 9 * tenth)
    if early:
        late = ours.most_memory()
        yield Figure(
            "collector",
            f"memory after {10 * tenth * size:,} events ÷ after a tenth of them",
            late / early,
            f"{late / 2**20:.0f} and {early / 2**20:.0f} MiB, n=1",
            AtMost(1.1),
        )


@contextmanager
def _collector(home: Home) -> Iterator[Server]:
    declared = home.root / "collector.yml"
    declared.write_text(DECLARATION)
    kith = str(Path(sys.executable).parent / "kith")
    with _served(
        [kith, "collect", "--port", "0", "--declaration", str(declared)],
        {"KITH_HOME": str(home.root), "BENCH_WRITE_KEY": KEY, "COLUMNS": "200"},
    ) as server:
        yield server
    # About a gigabyte, which nobody looks at.
    rmtree(home.root)


@contextmanager
def _bare() -> Iterator[Server]:
    with _served([sys.executable, "-m", "benchmarks.collector_bare"], {}) as server:
        yield server


@contextmanager
def _served(command: list[str], environment: dict[str, str]) -> Iterator[Server]:
    """A process that prints where it listens, until the end of the block."""
    with subprocess.Popen(
        command,
        cwd=PROJECT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            first = process.stdout.readline() if process.stdout else ""
            found = re.search(r"http://127\.0\.0\.1:\d+", first)
            if not found:
                raise RuntimeError(f"it does not serve: {first}")
            yield Server(found.group(), process.pid)
            process.terminate()
            process.wait(STOP_SECONDS)
        finally:
            process.kill()
