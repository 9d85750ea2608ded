"""Rows of a sheet of an Excel workbook (.xlsx): values as they stand there, formulas as results."""

import re
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from orchestration.sources.headed_rows import Header, RefusedFileError, Row
from orchestration.sources.json_values import json_value

# A sheet is held in memory from its first to its last cell, with all the empty ones between.
_MOST_CELLS = 20_000_000
_MOST_BYTES = 1 << 30
_BLOCK = 1 << 20
# What the readers of workbooks and of their packaging raise, beside their own errors.
_DAMAGE = (CalamineError, BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError)
_REFERENCE = re.compile(rb'r="([A-Z]{1,3})([0-9]{1,7})"')


def excel_rows(path: Path, sheet: str | None, key: Sequence[str]) -> Iterator[Row]:
    """Yield line_number (the row of the sheet), record (JSON text), refusal and line per row.

    The first row that is not empty is the header; without `sheet` it is the first one visible. What
    a formula came to is read, an error as nothing. Raises RefusedFileError.
    """
    try:
        _check_size(path)
        with CalamineWorkbook.from_path(path) as workbook:
            yield from _rows(_chosen(workbook, sheet), key)
    except _DAMAGE as damage:
        raise RefusedFileError("unreadable file") from damage


def _rows(sheet: CalamineSheet, key: Sequence[str]) -> Iterator[Row]:
    header: Header | None = None
    for line_number, cells in enumerate(sheet.iter_rows(), start=1):
        values = [json_value(cell) for cell in cells]
        if header is None:
            header = Header(values, key) if any(value != "" for value in values) else None
        elif (row := header.row(line_number, values)) is not None:
            yield row


def _chosen(workbook: CalamineWorkbook, sheet: str | None) -> CalamineSheet:
    visible = [
        each.name for each in workbook.sheets_metadata if each.visible == SheetVisibleEnum.Visible
    ]
    wanted = sheet or next(iter(visible), "")
    if wanted not in workbook.sheet_names:
        raise RefusedFileError(f"no sheet {sheet}" if sheet else "no visible sheet")
    return workbook.get_sheet_by_name(wanted)


def _check_size(path: Path) -> None:
    """Refuses what would take all memory: one cell far away makes a small file a huge sheet."""
    with ZipFile(path) as package:
        if sum(part.file_size for part in package.infolist()) > _MOST_BYTES:
            raise RefusedFileError("larger than 1 GB when unpacked")
        for part in package.namelist():
            if part.startswith("xl/worksheets/sheet") and _cells(package, part) > _MOST_CELLS:
                raise RefusedFileError("a cell too far from the others: delete it in the sheet")


def _cells(package: ZipFile, part: str) -> int:
    column, row, rest = b"", 0, b""
    with package.open(part) as stream:
        while block := stream.read(_BLOCK):
            # A reference may lie across two blocks.
            for letters, digits in _REFERENCE.findall(rest + block):
                column = max(column, letters, key=lambda each: (len(each), each))
                row = max(row, int(digits))
            rest = block[-16:]
    width = 0
    for letter in column:
        width = 26 * width + letter - ord("A") + 1
    return width * row
