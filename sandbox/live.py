"""Some people of a world visit the shop right now: their events go over HTTP to the collector."""

import json
import os
import re
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from orchestration.warehouse import Home

PROJECT = Path(__file__).resolve().parents[1]
VISITORS = 20
KNOWN = re.compile(r'"userId":"([^"]+)","channel":"web"')
STOP_SECONDS = 20
Message = dict[str, Any]


def visit(world: Path, home: Home) -> int:
    """Let some known people leave full carts behind; returns how many messages were acknowledged.

    They come once in the life of a world: 0 if they have been here. Raises RuntimeError if the
    collector does not start, httpx.HTTPError if it refuses a message.
    """
    written, sent = world / "live.json", world / "live.sent.json"
    if sent.exists():
        return 0
    if not written.exists():
        written.write_text(json.dumps(_messages(world)))
    messages: list[Message] = json.loads(written.read_text())
    key = secrets.token_hex(16)
    with _collector(home, key) as address, httpx.Client(base_url=address, auth=(key, "")) as client:
        for message in messages:
            body = {**message, "sentAt": _moment(datetime.now(UTC))}
            client.post(f"/v1/{message['type']}", json=body).raise_for_status()
    # Killed before this, the same messages go again, under the same ids.
    written.replace(sent)
    return len(messages)


def _messages(world: Path) -> list[Message]:
    now = datetime.now(UTC)
    lines = (world / "events" / "events_000.ndjson").read_text().splitlines()
    # Some lines of a world are malformed on purpose, so they are not parsed.
    known = (found.group(1) for line in lines if (found := KNOWN.search(line)))
    users = islice(dict.fromkeys(known), VISITORS)
    return [
        {
            **step,
            "messageId": str(uuid4()),
            "userId": user,
            "channel": "web",
            "timestamp": _moment(now - timedelta(minutes=VISITORS - number, seconds=-20 * place)),
        }
        for number, user in enumerate(users)
        for place, step in enumerate(_steps(number))
    ]


def _steps(number: int) -> list[Message]:
    product = {"product_id": f"live-{number}", "name": "Umbrella", "price": 25.0, "currency": "USD"}
    return [
        {"type": "page", "name": "Home", "properties": {"path": "/"}},
        {"type": "track", "event": "Product Viewed", "properties": product},
        {"type": "track", "event": "Product Added", "properties": {**product, "quantity": 1}},
    ]


@contextmanager
def _collector(home: Home, key: str) -> Iterator[str]:
    """`kith collect` on a free loopback port; told to stop, it hands over what it has."""
    with subprocess.Popen(
        [str(Path(sys.executable).parent / "kith"), "collect", "--port", "0"],
        cwd=PROJECT,
        env={**os.environ, "KITH_HOME": str(home.root), "WEBSITE_WRITE_KEY": key, "COLUMNS": "200"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            yield _address(process)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.communicate(timeout=STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def _address(process: subprocess.Popen[str]) -> str:
    said = []
    for line in process.stdout or ():
        said.append(line)
        if found := re.search(r"http://127\.0\.0\.1:\d+", line):
            return found.group()
    raise RuntimeError(f"the collector did not start: {''.join(said)}")


def _moment(when: datetime) -> str:
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")
