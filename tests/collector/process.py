"""`kith collect` as a process of its own, and clients that keep it busy."""

import os
import re
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.collector.room import KEY

KITH = str(Path(sys.executable).parent / "kith")
DECLARATION = """
sources:
  - {name: website, write_key: WEBSITE_WRITE_KEY, events_per_second: 1000000}
seal_after: {seconds: 3600, megabytes: 0.2}
"""


@dataclass
class Process:
    """A running `kith collect`, where it listens, and what it printed so far."""

    popen: subprocess.Popen[str]
    address: str
    printed: list[str] = field(default_factory=list)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and return the exit code; what it still prints is kept."""
        self.popen.send_signal(number)
        rest, _ = self.popen.communicate(timeout=30)
        self.printed.append(rest)
        return self.popen.returncode


def command(home: Path) -> tuple[list[str], dict[str, str]]:
    """The command line and environment of a collector on any free port."""
    declared = home / "collector.yml"
    declared.write_text(DECLARATION)
    environment = {**os.environ, "KITH_HOME": str(home), "WEBSITE_WRITE_KEY": KEY, "COLUMNS": "200"}
    return [KITH, "collect", "--port", "0", "--declaration", str(declared)], environment


@contextmanager
def collecting(home: Path) -> Iterator[Process]:
    """Start it, wait until it listens, and kill it at the end if it still runs."""
    arguments, environment = command(home)
    popen = subprocess.Popen(
        arguments,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert popen.stdout is not None
        first = popen.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", first)
        assert found, first
        yield Process(popen, found.group(), [first])
    finally:
        popen.kill()
        popen.wait(30)
        if popen.stdout is not None:
            popen.stdout.close()


class Senders:
    """Clients in threads that send batches until they are cut off, and note what was accepted."""

    def __init__(self, address: str, *, clients: int = 6) -> None:
        self.acknowledged: list[str] = []
        self._address = address
        self._is_over = threading.Event()
        self._threads = [threading.Thread(target=self._send) for _ in range(clients)]

    def __enter__(self) -> "Senders":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        for thread in self._threads:
            thread.join(30)

    def _send(self) -> None:
        with httpx.Client(base_url=self._address, auth=(KEY, ""), timeout=10) as client:
            while not self._is_over.is_set():
                ids = [str(uuid.uuid4()) for _ in range(5)]
                batch = [{"type": "track", "userId": "u", "messageId": each} for each in ids]
                try:
                    answer = client.post("/v1/batch", json={"batch": batch})
                except httpx.TransportError:
                    return
                if answer.status_code == 200:
                    self.acknowledged += ids
