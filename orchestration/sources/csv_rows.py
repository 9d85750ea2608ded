"""Rows of a CSV file as JSON objects, losing none: a broken row is kept as text with the reason.

DuckDB's own reader drops lines without a word after an open quote, and refuses a whole file for
one row of another width.
"""

import csv
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

# A cell may be of any length; the module's own limit would end the reading of the file.
csv.field_size_limit(min(sys.maxsize, 2**31 - 1))


class _Lines:
    """Hands lines to the CSV reader and remembers those of the row being read."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.pending: list[str] = []

    def __iter__(self) -> Iterator[str]:
        for line in self.stream:
            self.pending.append(line)
            yield line

    def taken(self) -> str:
        """The text of the last row, once."""
        text = "".join(self.pending).rstrip("\r\n")
        self.pending.clear()
        return text


def csv_rows(path: Path) -> Iterator[dict[str, object]]:
    """Yield line_number (where the row ends), record (JSON text), refusal and line per row."""
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as stream:
        lines = _Lines(stream)
        reader = csv.reader(lines, strict=True)
        header: list[str] | None = None
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield _row(reader.line_num, lines.taken(), refusal="open or misplaced quote")
                continue
            text = lines.taken()
            if header is None:
                header = cells
            elif cells:
                yield _row(reader.line_num, text, header=header, cells=cells)


def _row(
    line_number: int,
    text: str,
    *,
    header: list[str] | None = None,
    cells: list[str] | None = None,
    refusal: str | None = None,
) -> dict[str, object]:
    record = None
    try:
        text.encode()
    except UnicodeEncodeError:
        text, refusal = text.encode(errors="replace").decode(), "not UTF-8"
    if header is not None and cells is not None and refusal is None:
        if len(cells) == len(header):
            values = (cell or None for cell in cells)
            record = json.dumps(dict(zip(header, values, strict=True)), ensure_ascii=False)
        else:
            refusal = f"{len(cells)} columns where the header has {len(header)}"
    line = text if refusal else None
    return {"line_number": line_number, "record": record, "refusal": refusal, "line": line}
