"""Lines of event files as text: those that DuckDB's reader refused, or a whole doubtful file."""

import io
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from orchestration.sources.statements import statement

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_LINES_A_CHUNK = 10_000
_SCHEMA = pa.schema(
    [
        ("path", pa.string()),
        ("line_number", pa.int64()),
        ("is_utf8", pa.bool_()),
        ("line", pa.string()),
    ]
)


def stage_suspects(connection: duckdb.DuckDBPyConnection, path: Path) -> bool:
    """Put the refused lines of a file into `event_lines`; False if they cannot be told apart.

    Rows and lines are matched by position, so their numbers must agree.
    """
    connection.execute("set preserve_insertion_order = true")
    found = connection.execute(statement("event_suspects"), {"path": str(path)}).fetchone()
    connection.execute("set preserve_insertion_order = false")
    positions, rows = found or ([], 0)
    refused: set[int] = set(positions or [])
    lines = 0

    def suspects() -> Iterator[tuple[int, bytes]]:
        nonlocal lines
        for line_number, line in _lines(path):
            lines += 1
            if lines in refused:
                yield line_number, line

    _stage(connection, path, suspects())
    return lines == int(rows)


def stage_all(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Put every line of a file into `event_lines`."""
    _stage(connection, path, _lines(path))


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Line number (from 1) and bytes of every line that is not blank."""
    with io.BufferedReader(pa.input_stream(str(path)), 1 << 20) as stream:
        for line_number, line in enumerate(stream, start=1):
            if line.strip():
                yield line_number, line.removeprefix(_BYTE_ORDER_MARK).rstrip(b"\r\n")


def _stage(
    connection: duckdb.DuckDBPyConnection, path: Path, lines: Iterable[tuple[int, bytes]]
) -> None:
    remaining = iter(lines)
    while chunk := list(islice(remaining, _LINES_A_CHUNK)):
        rows = [_row(path, line_number, line) for line_number, line in chunk]
        connection.register("chunk", pa.Table.from_pylist(rows, schema=_SCHEMA))
        connection.execute("insert into event_lines select * from chunk")
        connection.unregister("chunk")


def _row(path: Path, line_number: int, line: bytes) -> dict[str, Any]:
    try:
        text, is_utf8 = line.decode(), True
    except UnicodeDecodeError:
        text, is_utf8 = line.decode(errors="replace"), False
    return {"path": str(path), "line_number": line_number, "is_utf8": is_utf8, "line": text}
