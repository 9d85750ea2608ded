"""Excel workbooks as Excel writes them, from cells that say what they are."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

DATE, MOMENT, HOUR = 1, 2, 3
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_STYLES = f"""<styleSheet xmlns="{_MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill/>
</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>
<cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/>
<xf numFmtId="22" applyNumberFormat="1"/><xf numFmtId="20" applyNumberFormat="1"/></cellXfs>
</styleSheet>"""
_TYPES = f"""<Types xmlns="{_PACKAGE}/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="{_TYPE}.worksheet+xml"/>
<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>
<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>"""

Cell = str | int | float | bool | None | tuple[float, int] | dict[str, str]


def workbook(path: Path, sheets: Mapping[str, Iterable[Iterable[Cell]]], hidden: str = "") -> Path:
    """Writes sheets of rows. A tuple is a number with a format, a dict is the XML of a cell.

    The dict's `type` is the cell's, `formula` and `value` are what stands in it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    state = {hidden: ' state="hidden"'}
    names = "".join(
        f'<sheet name="{escape(name)}" sheetId="{n}" r:id="rId{n}"{state.get(name, "")}/>'
        for n, name in enumerate(sheets, start=1)
    )
    links = "".join(
        _link(f"rId{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in _numbers(sheets)
    )
    parts = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _links(_link("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{names}'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": _links(links + _link("rId99", "styles", "styles.xml")),
        "xl/styles.xml": _STYLES,
    }
    for number, rows in zip(_numbers(sheets), sheets.values(), strict=True):
        parts[f"xl/worksheets/sheet{number}.xml"] = _sheet(rows)
    with ZipFile(path, "w", ZIP_DEFLATED) as package:
        for name, text in parts.items():
            package.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>\n{text}')
    return path


def _numbers(sheets: Mapping[str, object]) -> range:
    return range(1, len(sheets) + 1)


def _link(name: str, kind: str, target: str) -> str:
    return f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{target}"/>'


def _links(links: str) -> str:
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>'


def _sheet(rows: Iterable[Iterable[Cell]]) -> str:
    lines = ""
    for y, row in enumerate(rows, start=1):
        cells = "".join(_cell(cell, f"{_letters(x)}{y}") for x, cell in enumerate(row))
        lines += f'<row r="{y}">{cells}</row>'
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{lines}</sheetData></worksheet>'


def _letters(x: int) -> str:
    return (_letters(x // 26 - 1) if x >= 26 else "") + chr(ord("A") + x % 26)


def _cell(cell: Cell, at: str) -> str:
    if cell is None:
        return ""
    if isinstance(cell, dict):
        kind = f' t="{cell["type"]}"' if "type" in cell else ""
        formula = f"<f>{escape(cell['formula'])}</f>" if "formula" in cell else ""
        value = f"<v>{escape(cell['value'])}</v>" if "value" in cell else ""
        return f'<c r="{cell.get("at", at)}"{kind}>{formula}{value}</c>'
    if isinstance(cell, bool):
        return f'<c r="{at}" t="b"><v>{int(cell)}</v></c>'
    if isinstance(cell, tuple):
        return f'<c r="{at}" s="{cell[1]}"><v>{cell[0]}</v></c>'
    if isinstance(cell, str):
        return f'<c r="{at}" t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>'
    return f'<c r="{at}"><v>{cell}</v></c>'
