"""What one could do with DuckDB alone: the yardsticks that loads and builds are measured by."""

from pathlib import Path
from typing import Any

from benchmarks.bench import SQL
from orchestration.warehouse import connect


def scan(files: list[Path]) -> int:
    """Read two columns of the event files; returns how many events they hold."""
    [(messages, _)] = _read("bare_scan", files)
    return int(messages)


def parse(files: list[Path]) -> None:
    """Extract all that staging extracts."""
    _read("bare_parse", files)


def write_table(files: list[Path], database: Path) -> None:
    """Make a typed table of the event files in a new database file."""
    database.unlink(missing_ok=True)
    _read("bare_table", files, database)


def _read(name: str, files: list[Path], database: Path = Path(":memory:")) -> list[Any]:
    with connect(database) as connection:
        paths = [str(file) for file in files]
        return connection.execute((SQL / f"{name}.sql").read_text(), {"paths": paths}).fetchall()
