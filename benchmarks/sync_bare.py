"""The yardstick of delivering: httpx alone, which sends what is already rendered."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from benchmarks import sync_process

HEADERS = {"Content-Type": "application/json"}


def by_httpx(bodies: Path, url: str, concurrency: int) -> float:
    """The seconds to send all bodies of a file, without reading it; no answer is looked at."""
    done = sync_process.run(send, bodies=str(bodies), url=url, concurrency=concurrency)
    return float(done.result["seconds"])


def send(bodies: str, url: str, concurrency: int) -> dict[str, float]:
    """The work of `by_httpx`, in its process."""
    contents = Path(bodies).read_bytes().splitlines()
    started = time.perf_counter()
    asyncio.run(_send(iter(contents), url, concurrency))
    return {"seconds": time.perf_counter() - started}


async def _send(contents: Iterator[bytes], url: str, concurrency: int) -> None:
    limits = httpx.Limits(max_connections=concurrency)
    async with httpx.AsyncClient(limits=limits, timeout=30) as client, asyncio.TaskGroup() as group:
        for _ in range(concurrency):
            group.create_task(_work(client, contents, url))


async def _work(client: httpx.AsyncClient, contents: Iterator[bytes], url: str) -> None:
    for content in contents:
        response = await client.send(httpx.Request("POST", url, content=content, headers=HEADERS))
        response.raise_for_status()
