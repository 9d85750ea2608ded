"""How far a long reading is, in the log: counts and names of tables, and nothing that was read."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from orchestration.sources.vendor import Row

LOG = logging.getLogger("kith.collect")
SECONDS = 10.0


def told(rows: Iterator[Row], table: str) -> Iterator[Row]:
    """Pass rows on; every ten seconds the log says how many they are so far."""
    last = time.monotonic()
    for count, each in enumerate(rows, 1):
        if time.monotonic() - last >= SECONDS:
            last = time.monotonic()
            LOG.info("%s: %s rows so far", table, f"{count:,}")
        yield each


@contextmanager
def passed_on(write: Callable[[str], None]) -> Iterator[None]:
    """Meanwhile hand every line about progress to `write` too."""

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            write(record.getMessage())

    handler, level = Handler(), LOG.level
    LOG.addHandler(handler)
    LOG.setLevel(logging.INFO)
    try:
        yield
    finally:
        LOG.removeHandler(handler)
        LOG.setLevel(level)
