"""What a change of the rules would do to who is who: the working tree, built on a copy."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from subprocess import CalledProcessError
from typing import Any, Literal

import duckdb
from pydantic import BaseModel, ConfigDict, computed_field

from orchestration.launch import dbt
from orchestration.masking import masked
from orchestration.run_log import causes
from orchestration.warehouse import Home, connect, macros_fingerprint

BUILT = ("+customer_ids", "+identity_evidence", "+customer_id_history")
STATEMENTS = Path(__file__).with_suffix(".sql").read_text().split(";\n")
BEFORE, PENDING, AFTER = STATEMENTS[:3], STATEMENTS[3], STATEMENTS[4:8]
FIGURES, REFUSED, USED, EXAMPLES, _ = STATEMENTS[8:]


class Unpreviewed(RuntimeError):
    """There is nothing to preview on, or no way to; the message says why and what to do."""


class Shape(BaseModel):
    """A part of the answer that nobody changes."""

    model_config = ConfigDict(frozen=True)


class Value(Shape):
    """One identifier, for a person to recognise."""

    identifier_type: str
    identifier_value: str


class Size(Shape):
    """A customer and how many identifiers it would have."""

    customer_id: str
    identifiers: int


class Part(Shape):
    """What a customer of before and one of after share; up to three of the identifiers.

    `customer_id` is null for identifiers that would name nobody, or named nobody before.
    """

    customer_id: str | None
    identifiers: int
    examples: tuple[Value, ...]


class Example(Shape):
    """A customer of before that would split, or one of after that several would merge into."""

    kind: Literal["split", "merge"]
    customer_id: str
    identifiers: int
    parts: tuple[Part, ...]


class Preview(Shape):
    """Customers before and after; `changed` are those of before with other identifiers or id.

    `split` and `merged` are among them. `refused` and `used` count links by guard: those that would
    count no more, and those that would count from now on. Revenue is of the changed customers, in
    hundredths of the reporting currency.
    """

    customers_before: int
    customers_after: int
    changed: int
    split: int
    merged: int
    identifiers_gone: int
    identifiers_new: int
    revenue_cents: int
    biggest_new: Size | None
    refused: dict[str, int]
    used: dict[str, int]
    examples: tuple[Example, ...]
    pending_batches: int

    @computed_field  # type: ignore[prop-decorator]  # mypy: no decorators on a property
    @property
    def changed_percent(self) -> float:
        """How many of 100 customers of before would change."""
        return 100 * self.changed / max(self.customers_before, 1)

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all would change."""
        return not (self.changed or self.refused or self.used or self.identifiers_new)


def preview(home: Home, *, show_values: bool = False) -> Preview:
    """Build identity by the rules of the working tree on a copy of a home, and compare.

    Writes nothing into the home. Raises Unpreviewed if it holds nothing yet, if a run is under way,
    or if dbt refuses the working tree.
    """
    if not (home.warehouse.exists() and home.doorways.exists()):
        raise Unpreviewed(f"Nothing was built in {home.root} yet: `kith run`, then preview.")
    with tempfile.TemporaryDirectory(prefix="kith-preview-") as folder:
        copy = Home(Path(folder).resolve())
        with _undisturbed(home):
            _copy(home, copy)
        with _comparison(copy) as connection:
            try:
                for statement in BEFORE:
                    connection.execute(statement)
                pending = _rows(connection, PENDING)[0]
            except duckdb.CatalogException as missing:
                raise Unpreviewed(
                    f"No run ever ended in {home.root}: `kith run`, then preview."
                ) from missing
        _build(copy)
        with _comparison(copy) as connection:
            found = _compared(connection, pending)
    return found if show_values else _masked(found)


@contextmanager
def _undisturbed(home: Home) -> Iterator[None]:
    """Neither a run nor anything else writes the home's files within this block."""
    lock = home.root / "run.lock"
    trouble = "A run is under way in this home: preview when it has ended."
    with ExitStack() as held:
        try:
            if lock.exists():
                fcntl.flock(held.enter_context(lock.open()), fcntl.LOCK_EX | fcntl.LOCK_NB)
            # A run of the web UI knows no such lock; a reader keeps it from the files.
            for file in (home.warehouse, home.doorways):
                held.enter_context(connect(file, read_only=True, patience_seconds=0))
        except (BlockingIOError, duckdb.IOException) as busy:
            raise Unpreviewed(trouble) from busy
        yield


def _copy(home: Home, copy: Home) -> None:
    """Copy both files as they are, with what a killed run left in their logs."""
    files = [
        file
        for database in (home.warehouse, home.doorways)
        for file in (database, database.with_name(database.name + ".wal"))
        if file.exists()
    ]
    needed = sum(file.stat().st_size for file in files)
    free = shutil.disk_usage(copy.root).free
    if needed > free:
        raise Unpreviewed(
            f"The copy needs {needed / 1e9:.1f} GB and {copy.root.parent} has {free / 1e9:.1f} GB "
            "free: let TMPDIR name a folder with more."
        )
    for file in files:
        shutil.copyfile(file, copy.root / file.name)


@contextmanager
def _comparison(copy: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database of its own for what was before, with the copy beside it."""
    with connect(copy.root / "comparison.duckdb") as connection:
        connection.execute(f"attach '{copy.warehouse}' as warehouse (read_only)")
        connection.execute(f"attach '{copy.doorways}' as doorways (read_only)")
        yield connection


def _build(copy: Home) -> None:
    os.environ["KITH_MACROS"] = macros_fingerprint()
    arguments = ["build", "--select", *BUILT, "--indirect-selection", "cautious"]
    arguments += ["--exclude-resource-type", "unit_test", "--no-use-colors"]
    arguments += ["--target-path", str(copy.root / "dbt"), "--log-path", str(copy.root / "logs")]
    log = copy.root / "build.log"
    try:
        with log.open("w") as output:
            dbt(*arguments, home=copy, output=output)
    except CalledProcessError as failed:
        raise Unpreviewed(
            f"dbt refuses the working tree, and a run would stop here:\n{causes(log)}"
        ) from failed


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    cursor = connection.execute(query)
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _compared(connection: duckdb.DuckDBPyConnection, pending: dict[str, int]) -> Preview:
    for statement in AFTER:
        connection.execute(statement)
    return Preview(
        **_rows(connection, FIGURES)[0],
        **pending,
        refused={row["guard"]: row["links"] for row in _rows(connection, REFUSED)},
        used={row["guard"]: row["links"] for row in _rows(connection, USED)},
        examples=tuple(Example(**row) for row in _rows(connection, EXAMPLES)),
    )


def _masked(found: Preview) -> Preview:
    def value(each: Value) -> Value:
        return each.model_copy(update={"identifier_value": masked(each.identifier_value)})

    def part(each: Part) -> Part:
        return each.model_copy(update={"examples": tuple(value(one) for one in each.examples)})

    def example(each: Example) -> Example:
        return each.model_copy(update={"parts": tuple(part(one) for one in each.parts)})

    return found.model_copy(update={"examples": tuple(example(each) for each in found.examples)})
