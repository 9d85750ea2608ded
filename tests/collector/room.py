"""A collector in this process, on a free loopback port, with limits that tests can afford."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from orchestration.collector.app import Collector
from orchestration.collector.keys import Endpoint, Keys, SealAfter, Source
from orchestration.collector.limits import Limits
from orchestration.collector.metrics import Metrics
from orchestration.collector.serve import server
from orchestration.collector.spool import Spool
from orchestration.sources.declaration import Declaration

KEY = "wk_website"
WEBSITE = Source(name="website", write_key="WEBSITE_WRITE_KEY")
NEVER = SealAfter(seconds=3600)
EVENTS = Declaration.model_validate(
    {
        "source": "events",
        "table": "messages",
        "identifier": "events",
        "collect": {"kind": "event_files", "path": "events"},
    }
)


@dataclass(frozen=True)
class Room:
    """A running collector: a client of it that has the right key, and where its files are."""

    client: httpx.Client
    port: int
    home: Path
    metrics: Metrics

    def track(self, **fields: object) -> httpx.Response:
        """Send one event."""
        message = {"userId": "u", "event": "Seen", **fields}
        return self.client.post("/v1/track", json=message)


@contextmanager
def serving(
    home: Path,
    *,
    source: Source = WEBSITE,
    limits: Limits | None = None,
    seal_after: SealAfter = NEVER,
    webhooks: Mapping[str, Endpoint] | None = None,
) -> Iterator[Room]:
    """Serve until the end of the block; then the spool is sealed."""
    limits, metrics = limits or Limits(), Metrics()
    spool = Spool(home / "collector", home / "landing" / "events", seal_after, limits, metrics)
    spool.lock()
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    keys = Keys({KEY: source}, (), webhooks or {})
    served = server(Collector(keys, spool, limits, metrics).app(), limits)
    thread = threading.Thread(target=served.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        until(lambda: served.started)
        address = f"http://127.0.0.1:{port}"
        with httpx.Client(base_url=address, auth=(KEY, ""), timeout=30) as client:
            yield Room(client, port, home, metrics)
    finally:
        served.should_exit = True
        thread.join(30)


def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def landed(home: Path) -> list[dict[str, Any]]:
    """Every message of the landing folder; fails if a line is not whole."""
    messages = []
    for path in sorted((home / "landing" / "events").iterdir()):
        content = path.read_bytes()
        assert content.endswith(b"\n")
        messages += [json.loads(line) for line in content.splitlines()]
    return messages


def unsealed(home: Path) -> list[Path]:
    """Files of the spool that are still open."""
    return sorted((home / "collector").glob("*.open"))
