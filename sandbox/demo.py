"""`make demo`: a world, its vendors on loopback, the real job over them, and a closing page."""

import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from orchestration.launch import run_job
from orchestration.page import closing_page
from orchestration.report import Report, report
from orchestration.run_log import causes
from orchestration.warehouse import Home, connect
from sandbox import complete_journey, live, world
from sandbox.vendors.serve import Vendors

World = Literal["synthetic", "complete-journey"]
# What a run leaves in a home. Nothing else is ever deleted.
TRACES = ("landing", "spool", "dbt", "dlt", "dagster", "logs", "outbox", "sandbox", "tmp")
FILES = ("*.duckdb", "*.duckdb.wal", "serving.next", "run.lock", "demo.json")
LABELS = Path(__file__).with_name("labels.sql")
console = Console()


def main(
    world_name: Annotated[World, typer.Option("--world", help="Which world to run on.")] = (
        "synthetic"
    ),
    fresh: Annotated[bool, typer.Option(help="Forget everything first.")] = False,
) -> None:
    """Run the whole platform once on a world of the sandbox."""
    base = Home.from_environment()
    home = base if world_name == "synthetic" else Home(base.root / world_name)
    if fresh:
        forget(home)
    console.print(f"[bold]Kith[/bold] on the {world_name} world, in {home.root}")
    home.make()
    source = arrange(world_name, home)
    if world_name == "synthetic":
        with console.status("people visit the shop"):
            acknowledged = live.visit(source, home)
        if acknowledged:
            console.print(f"{acknowledged} live messages went to the collector, over HTTP.")
    before = rows_so_far(home)
    with Vendors(source) as vendors:
        if world_name == "synthetic":
            os.environ.update(vendors.environment())
        outcome = run_job(home, console)
    if not outcome.succeeded:
        console.print(causes(outcome.log), markup=False, highlight=False)
        console.print(f"[red]The run failed[/red] in {outcome.failed_steps}. Log: {outcome.log}")
        raise typer.Exit(1)
    after = report(home)
    console.print(closing_page(after, home))
    new_rows = rows(after) - before
    console.print(
        f"\nThis run: [bold]{new_rows:,} new rows[/bold] and "
        f"[bold]{after.requests:,} requests[/bold] to destinations, in {outcome.seconds:.0f} s."
    )
    console.print(next_steps(new_rows))
    content = {**after.model_dump(), "new_rows": new_rows, "requests": after.requests}
    for folder in {home.root, base.root}:
        (folder / "demo.json").write_text(json.dumps(content, indent=2) + "\n")


def forget(home: Home) -> None:
    """Delete what earlier demos left in a home, and nothing that they did not make."""
    for name in TRACES:
        shutil.rmtree(home.root / name, ignore_errors=True)
    for pattern in FILES:
        for path in home.root.glob(pattern):
            path.unlink()


def arrange(world_name: World, home: Home) -> Path:
    """Make the world if it is not there yet and land its files; returns the world's folder."""
    folder = home.root / "sandbox" / world_name
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with console.status(f"making the {world_name} world"):
            if world_name == "synthetic":
                # Until today: visitors of this moment belong to it.
                world.build(folder, until=datetime.now(UTC).date())
            else:
                complete_journey.export(folder)
    land(folder, home.landing)
    return folder


def land(folder: Path, landing: Path) -> None:
    """Bring a world's event files and dropped files into the landing folder, each in one step."""
    for path in sorted([*folder.glob("events/*"), *folder.glob("ads/*/*")]):
        target = landing / path.relative_to(folder)
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            part = target.with_name(target.name + ".part")
            shutil.copyfile(path, part)
            part.replace(target)
    land_labels(folder, landing)


def land_labels(folder: Path, landing: Path) -> None:
    """Drop the world's truth of who is who, if it has one, as labels that measure identity."""
    truth, target = folder / "truth.parquet", landing / "labels" / "people" / "truth.parquet"
    if truth.exists() and not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(target.name + ".part")
        with connect(Path(":memory:")) as connection:
            connection.execute(LABELS.read_text().format(truth=truth, labels=part))
        part.replace(target)


def rows_so_far(home: Home) -> int:
    """What earlier runs loaded; none if nothing was published, or by an older version only."""
    try:
        return rows(report(home))
    except FileNotFoundError:
        return 0


def rows(state: Report) -> int:
    """Everything that was ever loaded of customers; labels only measure."""
    return state.source_records + state.events_loaded


def next_steps(new_rows: int) -> str:
    """What a newcomer may like to try now."""
    again = (
        "Nothing was new, so nothing was added and nothing was sent."
        if new_rows == 0
        else "[bold]make demo[/bold] again: nothing is new, so nothing is added or sent."
    )
    return (
        f"\n{again}\n"
        "[bold]make ui[/bold]: runs, lineage and checks in the browser.\n"
        "[bold]make demo FRESH=1[/bold]: start over.  "
        "[bold]make demo WORLD=complete-journey[/bold]: real purchases.\n"
        "Your own data: 'From the demo to your own data' in README.md"
    )


if __name__ == "__main__":
    typer.run(main)
