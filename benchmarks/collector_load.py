"""Many clients that each send a request and wait for its answer, as fast as they get it."""

import asyncio
import base64
import json
import time
from dataclasses import dataclass
from itertools import count
from urllib.parse import urlsplit

CLIENTS = 32
KEY = "wk_bench"
_HEAD_END = b"\r\n\r\n"
_LENGTH = b"content-length:"


@dataclass(frozen=True)
class Load:
    """What came of it: seconds for all requests, and for the slowest but 1 in 100 of them."""

    seconds: float
    p99: float


def request_of(events: int) -> bytes:
    """One HTTP request with a batch of that many events, about 600 bytes each."""
    body = json.dumps({"batch": [_event(number) for number in range(events)]}).encode()
    user = base64.b64encode(f"{KEY}:".encode()).decode()
    head = (
        "POST /v1/batch HTTP/1.1\r\nHost: kith\r\nContent-Type: application/json\r\n"
        f"Authorization: Basic {user}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def drive(address: str, request: bytes, requests: int) -> Load:
    """Send a request that many times, `CLIENTS` at once.

    Raises RuntimeError if one is answered anything but 200.
    """
    return asyncio.run(_drive(address, request, requests))


async def _drive(address: str, request: bytes, requests: int) -> Load:
    numbers = count()
    latencies: list[float] = []

    async def client() -> None:
        place = urlsplit(address)
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
        while next(numbers) < requests:
            sent_at = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(_HEAD_END)
            if not head.startswith(b"HTTP/1.1 200 "):
                raise RuntimeError(head.partition(b"\r\n")[0].decode())
            length = head.lower().partition(_LENGTH)[2].partition(b"\r\n")[0]
            await reader.readexactly(int(length))
            latencies.append(time.perf_counter() - sent_at)
        writer.close()
        await writer.wait_closed()

    started = time.perf_counter()
    async with asyncio.TaskGroup() as clients:
        for _ in range(CLIENTS):
            clients.create_task(client())
    seconds = time.perf_counter() - started
    return Load(seconds, sorted(latencies)[len(latencies) * 99 // 100])


def _event(number: int) -> dict[str, object]:
    """A view of a product, as Segment's client for browsers sends it."""
    return {
        "type": "track",
        "event": "Product Viewed",
        "messageId": f"ajs-next-1795368857873-{number:08}-6b1f-40d1-9da5-d0101c18e7a5",
        "userId": f"u_{number}",
        "anonymousId": "98991001-1a63-4946-930d-ac553c406649",
        "timestamp": "2026-10-01T10:06:00.123Z",
        "integrations": {},
        "context": {
            "library": {"name": "analytics.js", "version": "next-1.84.3"},
            "page": {"path": "/p/1", "url": "https://shop.example/p/1", "title": "Shop"},
            "userAgent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36",
            "locale": "de-DE",
            "timezone": "Europe/Berlin",
        },
        "properties": {"product_id": f"p_{number}", "price": 19.99, "currency": "EUR"},
    }
