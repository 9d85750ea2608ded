"""Event files put into a landing folder, and what the load made of them."""

import json
import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb

from orchestration.sources.declaration import Declaration, EventFiles
from orchestration.sources.intake import LoadReport, load
from orchestration.warehouse import Home, connect

LONG_AGO = 1_000_000_000
EVENTS = Declaration(
    source="events",
    table="messages",
    identifier="events",
    collect=EventFiles(kind="event_files", path="events"),
)
CONSERVATION = "select file from raw.loads where lines != loaded + duplicates + quarantined"


def message(number: object, **fields: object) -> dict[str, Any]:
    return {
        "messageId": f"m{number}",
        "type": "track",
        "event": "Product Viewed",
        "userId": "u1",
        "receivedAt": "2026-01-01T00:00:00.000Z",
        "context": {"ip": "127.0.0.1"},
        "properties": {"price": 19.99},
        **fields,
    }


def line(number: object, **fields: object) -> bytes:
    return json.dumps(message(number, **fields), ensure_ascii=False).encode()


def drop(
    home: Home, name: str, lines: Iterable[bytes] | bytes, *, age: float | None = None
) -> Path:
    """Put a file into landing/events, by default one that was finished long ago."""
    path = home.landing / "events" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(lines if isinstance(lines, bytes) else b"".join(one + b"\n" for one in lines))
    changed_at = LONG_AGO if age is None else time.time() - age
    os.utime(path, (changed_at, changed_at))
    return path


def load_events(home: Home) -> LoadReport:
    return load(home, [EVENTS])


def query(home: Home, text: str) -> list[Any]:
    with connect(home.warehouse, read_only=True) as connection:
        return connection.execute(text).fetchall()


def loaded_ids(home: Home) -> list[str]:
    return [found for (found,) in query(home, "select message_id from raw.events order by all")]


def reasons(home: Home) -> dict[int, str]:
    return dict(query(home, "select line_number, reason from raw.quarantine order by all"))


def ledger(home: Home) -> dict[str, tuple[int, ...]]:
    rows = query(home, "select file, lines, loaded, duplicates, quarantined from raw.loads")
    return {file: tuple(counts) for file, *counts in rows}


def zstandard(home: Home, plain: Path) -> bytes:
    target = home.root / "compressed.zst"
    with duckdb.connect() as connection:
        connection.execute(
            f"""copy (select line from read_csv('{plain}', header = false, auto_detect = false,
                columns = {{'line': 'varchar'}}, delim = e'\\x01', quote = '', escape = ''))
            to '{target}' (format csv, header false, quote '', escape '', delimiter e'\\x01',
                compression zstd)"""
        )
    return target.read_bytes()
