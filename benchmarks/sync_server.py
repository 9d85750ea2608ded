"""A bare destination on loopback, in a process of its own: counts rows, may wait and refuse some.

It prints its port, and ends with its standard input or when its time is up. A GET answers what it
has seen, as `Seen` of benchmarks.sync_served; everything else is a batch: a JSON array of
`{"operation", "id", "fields"}`.
"""

import argparse
import asyncio
import json
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

HEAD_END = b"\r\n\r\n"
LENGTH = b"content-length:"
# What every row has once; the fields hold no such key.
ROW = b'"operation"'


@dataclass
class Destination:
    """What was delivered. Bodies are only read, not just counted, if rows are kept or refused."""

    delay: float
    refused: frozenset[str]
    keeps: bool
    requests: int = 0
    rows: int = 0
    held: dict[str, Any] = field(default_factory=dict)

    def take(self, body: bytes) -> tuple[int, bytes]:
        """The status and the body of the answer to one batch."""
        self.requests += 1
        self.rows += body.count(ROW)
        if not self.keeps and not self.refused:
            return 200, b"{}"
        errors = []
        for row in json.loads(body):
            if row["id"] in self.refused:
                errors.append({"id": row["id"], "code": "INVALID", "message": "is refused"})
            elif row["operation"] == "removed":
                self.held.pop(row["id"], None)
            else:
                self.held[row["id"]] = row["fields"]
        return (207 if errors else 200), json.dumps({"errors": errors}).encode()

    def seen(self) -> bytes:
        """Everything that it was told."""
        seen = {"requests": self.requests, "rows": self.rows, "held": self.held}
        return json.dumps(seen).encode()


class Connection(asyncio.Protocol):
    """One connection: a request, its answer after the delay, the next request."""

    def __init__(self, destination: Destination) -> None:
        self._destination = destination
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keeps the way to answer."""
        self._transport = transport if isinstance(transport, asyncio.Transport) else None

    def data_received(self, data: bytes) -> None:
        """Answers once the request is complete; clients wait for it before they ask again."""
        self._buffer += data
        end = self._buffer.find(HEAD_END)
        if end < 0:
            return
        head = bytes(self._buffer[:end])
        body_starts = end + len(HEAD_END)
        body_ends = body_starts + _length(head)
        if len(self._buffer) < body_ends:
            return
        body = bytes(self._buffer[body_starts:body_ends])
        del self._buffer[:body_ends]
        if head.startswith(b"GET "):
            self._answer(200, self._destination.seen())
            return
        # What was taken is taken, whether or not the client lives to hear of it.
        answer = self._destination.take(body)
        if self._destination.delay:
            loop = asyncio.get_running_loop()
            loop.call_later(self._destination.delay, self._answer, *answer)
        else:
            self._answer(*answer)

    def _answer(self, status: int, body: bytes) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        head = f"HTTP/1.1 {status} OK\r\nContent-Type: application/json\r\n"
        self._transport.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(LENGTH):
            return int(line[len(LENGTH) :])
    return 0


async def serve(destination: Destination, most_seconds: float) -> None:
    """Serves on a free loopback port until standard input ends, at most so many seconds."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(destination), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    ended = asyncio.Event()
    loop.add_reader(sys.stdin, ended.set)
    async with server:
        with suppress(TimeoutError):
            await asyncio.wait_for(ended.wait(), most_seconds)


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--delay", type=float, required=True)
    parser.add_argument("--most-seconds", type=float, required=True)
    parser.add_argument("--refused", nargs="*", default=())
    parser.add_argument("--keeps", action="store_true")
    given = parser.parse_args()
    destination = Destination(given.delay, frozenset(given.refused), given.keeps)
    asyncio.run(serve(destination, given.most_seconds))


if __name__ == "__main__":
    main()
