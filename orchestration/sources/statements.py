"""The SQL beside these modules, one statement (or script without parameters) a file."""

from functools import cache
from pathlib import Path


@cache
def statement(name: str, *, table: str = "") -> str:
    """The text of `<name>.sql`; `table` takes the place of `{table}` in it."""
    return Path(__file__).with_name(f"{name}.sql").read_text().replace("{table}", table)
