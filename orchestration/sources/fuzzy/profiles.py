"""The profiles of the last publication, laid out for comparison."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from orchestration.sources.declaration import Fuzzy
from orchestration.warehouse import Home, connect


class FuzzyError(Exception):
    """The fuzzy tier cannot do its work; the text names cause and remedy, and no person."""


@contextmanager
def profiles(home: Home, wanted: Fuzzy) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the table `profiles` in memory and the publication attached, read-only.

    Raises FuzzyError if the publication does not have what the settings name.
    """
    with connect(Path(":memory:")) as connection:
        connection.execute("set temp_directory = ?", [str(home.root / "tmp")])
        connection.execute(f"attach '{home.serving}' as serving (read_only)")
        try:
            connection.execute(statement("profiles"), {"distinguished_by": wanted.distinguished_by})
        except (duckdb.CatalogException, duckdb.BinderException):
            raise FuzzyError(
                "The publication is of another version than this code: run `kith run` once."
            ) from None
        _demand_columns(connection, wanted)
        yield connection


def statement(name: str, **names: str) -> str:
    """The text of `<name>.sql` beside this module, with table names filled in."""
    return Path(__file__).with_name(f"{name}.sql").read_text().format(**names)


def fingerprint(connection: duckdb.DuckDBPyConnection, wanted: Fuzzy) -> str:
    """What all profiles together say in the compared columns, in whatever order they lie."""
    columns = ", ".join(f'"{column}"' for column in sorted(_columns(wanted)))
    ((found,),) = connection.execute(statement("fingerprint", columns=columns)).fetchall()
    return str(found)


def _columns(wanted: Fuzzy) -> set[str]:
    rules: Iterable[tuple[str, ...]] = (
        *wanted.block_on.values(),
        *wanted.training.certain,
        *wanted.training.maximise_on,
    )
    return {*wanted.compare, *(column for rule in rules for column in rule)}


def _demand_columns(connection: duckdb.DuckDBPyConnection, wanted: Fuzzy) -> None:
    found = {name for name, *_ in connection.execute("describe profiles").fetchall()}
    if missing := sorted(_columns(wanted) - found):
        raise FuzzyError(
            f"The doorway customers has no column {', '.join(missing)}: "
            "take it out of the fuzzy source's settings, or publish it."
        )
