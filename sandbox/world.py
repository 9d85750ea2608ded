"""A synthetic world: people, households and companies, what they do, and two CRMs that know some.

The SQL beside this module (`world/`) invents everything; this module runs it in order. The same
arguments give the same bytes: every draw is a pure function of the seed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

import duckdb
import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from orchestration.warehouse import connect
from sandbox.whole_folder import whole_folder

SQL = Path(__file__).with_suffix("")
STEPS = {
    "people": ["randomness", "places", "catalogue", "companies", "people", "accounts"],
    "behaviour": ["sessions", "orders", "messages", "arrivals", "contexts", "bodies", "lines"],
    "HubSpot": ["typing", "hubspot_contacts", "hubspot_sales", "hubspot_activities"],
    "Salesforce": ["salesforce_people", "salesforce_sales", "salesforce_activities"],
    "Pipedrive and Zoho": ["pipedrive", "zoho"],
    "spend and truth": ["spend", "truth", "files"],
}
COMPRESSIONS = {"": "none", "gz": "gzip", "zst": "zstd"}


@dataclass(frozen=True)
class World:
    """Where a world lies and what is in it; `lines` = messages + duplicates + malformed."""

    root: Path
    events: tuple[Path, ...]
    hubspot: Path
    salesforce: Path
    pipedrive: Path
    zoho: Path
    ads: Path
    truth: Path
    people: int
    lines: int
    messages: int
    duplicates: int
    malformed: int
    orders: int


def build(  # noqa: PLR0913 - each is one size of the world, and all but the first go by name
    out: Path,
    *,
    seed: int = 7,
    people: int = 5_000,
    days: int = 90,
    events: int | None = None,
    until: date = date(2026, 10, 31),
    files: int = 1,
    compression: str = "",
    malformed: int = 5,
    report: Callable[[str], None] = lambda step: None,
) -> World:
    """Write a world into `out`, which must be new or empty, and return what it holds.

    The `days` end before midnight UTC of `until`. `events` is approximate, by default 20 a person
    and never below about eight; they go in order of arrival into `files` of equal length, plain or
    with `compression` "gz" or "zst", among them `malformed` lines that no reader can take.
    `report` is told each step as it starts. Raises FileExistsError if `out` holds anything.
    """
    variables = {
        "seed": seed,
        "people": people,
        "days": days,
        "until": until,
        "malformed": malformed,
        "intensity": _intensity(people, events if events is not None else 20 * people),
    }
    folders = ("events", "hubspot", "salesforce", "pipedrive", "zoho", "ads/spend")
    with (
        whole_folder(out, *folders) as part,
        connect(part / "scratch" / "world.duckdb") as connection,
    ):
        # files keep the order in which they were sorted, else the same seed gave other bytes
        connection.execute("set preserve_insertion_order = true")
        _set(connection, out=str(part), **variables)
        for step, scripts in STEPS.items():
            report(step)
            for script in scripts:
                connection.execute((SQL / f"{script}.sql").read_text())
        _write_events(connection, files, compression, report)
        counts = _counts(connection)
    return World(
        root=out,
        events=tuple(sorted((out / "events").iterdir())),
        hubspot=out / "hubspot",
        salesforce=out / "salesforce",
        pipedrive=out / "pipedrive",
        zoho=out / "zoho",
        ads=out / "ads" / "spend",
        truth=out / "truth.parquet",
        people=people,
        **counts,
    )


def _intensity(people: int, events: int) -> float:
    """How busy people are so that about `events` come out: a line fitted to what the SQL makes."""
    return max(0.02, (events / people - 5.2) / 24.0)


def _set(connection: duckdb.DuckDBPyConnection, **variables: object) -> None:
    """Hand values to the SQL, which reads them with getvariable()."""
    for name, value in variables.items():
        connection.execute(f"set variable {name} = ?", [value])


def _write_events(
    connection: duckdb.DuckDBPyConnection,
    files: int,
    compression: str,
    report: Callable[[str], None],
) -> None:
    """Slice the arrivals into files of equal length, in order of arrival."""
    script = (SQL / "write_events.sql").read_text().format(compression=COMPRESSIONS[compression])
    ending = f".ndjson.{compression}" if compression else ".ndjson"
    for number in range(files):
        report(f"event file {number + 1} of {files}")
        _set(connection, file_number=number, file_count=files, file_ending=ending)
        connection.execute(script)


def _counts(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Lines, messages, duplicates, malformed lines and orders, as written."""
    result = connection.execute((SQL / "counts.sql").read_text())
    names = [column[0] for column in result.description or []]
    return dict(zip(names, result.fetchall()[0], strict=True))


def main(
    out: Annotated[Path, typer.Option(help="A new or empty folder.")],
    people: Annotated[int, typer.Option(help="How many people.")] = 5_000,
    days: Annotated[int, typer.Option(help="How many days of behaviour.")] = 90,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 7,
    events: Annotated[int | None, typer.Option(help="About how many; default 20 each.")] = None,
) -> None:
    """Write a synthetic world of customers into a folder."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, transient=True) as progress:
        task = progress.add_task("world")
        world = build(
            out,
            seed=seed,
            people=people,
            days=days,
            events=events,
            report=lambda step: progress.update(task, description=step),
        )
    Console().print(world)


if __name__ == "__main__":
    typer.run(main)
