"""Area `sync`: sending customers to a destination, as fast as it takes them."""

from collections.abc import Iterator

from benchmarks import sync_delivery, sync_facts, sync_large
from benchmarks.bench import Bench
from benchmarks.figures import Figure


def figures(bench: Bench) -> Iterator[Figure]:
    """Speed against httpx alone and drt-core, a large audience, and what goes wrong."""
    for part in (sync_delivery, sync_large, sync_facts):
        yield from part.figures(bench)
