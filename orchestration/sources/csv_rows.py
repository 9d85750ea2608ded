"""Rows of a CSV file as JSON objects, losing none: a broken row is kept as text with the reason.

DuckDB's own reader drops lines without a word after an open quote, and refuses a whole file for
one row of another width.
"""

import csv
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

from orchestration.sources.headed_rows import Header, RefusedFileError, Row, refused

# A cell may be of any length; the module's own limit would end the reading of the file.
csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
_DELIMITERS = ",;\t|"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


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


def csv_rows(path: Path, key: Sequence[str]) -> Iterator[Row]:
    """Yield line_number (where the row ends), record (JSON text), refusal and line per row.

    The columns are divided by what makes the header name all of `key`, else by commas. Raises
    RefusedFileError.
    """
    with path.open("rb") as start:
        if start.read(2) in _UTF_16:
            raise RefusedFileError("not UTF-8")
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as stream:
        delimiter = _delimiter(next((line for line in stream if line.strip()), ""), key)
        stream.seek(0)
        lines = _Lines(stream)
        reader = csv.reader(lines, strict=True, delimiter=delimiter)
        header: Header | None = None
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                text = lines.taken().encode(errors="replace").decode()
                yield refused(reader.line_num, "open or misplaced quote", text)
                continue
            text = lines.taken()
            if header is None:
                header = _header(cells, text, key) if any(cells) else None
            elif (row := _row(header, reader.line_num, cells, text)) is not None:
                yield row


def _header(cells: Sequence[str], text: str, key: Sequence[str]) -> Header:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise RefusedFileError("not UTF-8") from None
    if "\0" in text:
        raise RefusedFileError("NUL character")
    return Header(cells, key)


def _row(header: Header, line_number: int, cells: Sequence[str], text: str) -> Row | None:
    try:
        text.encode()
    except UnicodeEncodeError:
        return refused(line_number, "not UTF-8", text.encode(errors="replace").decode())
    if "\0" in text:
        return refused(line_number, "NUL character", text.replace("\0", "?"))
    return header.row(line_number, cells, text)


def _delimiter(first_line: str, key: Sequence[str]) -> str:
    for delimiter in _DELIMITERS:
        names = {name.strip() for name in next(csv.reader([first_line], delimiter=delimiter), [])}
        if names.issuperset(key):
            return delimiter
    return _DELIMITERS[0]
