"""`kith tracking` and `kith replay`: what the plan demands, what it held and lets in now."""

import csv
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from orchestration.launch import only_run, prepare
from orchestration.sources.intake import replay as released_and_held
from orchestration.tracking import FOLDER, TrackingError, read_plan
from orchestration.warehouse import PROJECT, Home

CATALOG = PROJECT / "seeds" / "event_catalog.csv"
# Messages that are no events of their own have no row in the catalog.
MESSAGE_TYPES = ("identify", "group", "page", "screen", "alias")


def tracking() -> None:
    """List the events, what becomes of messages that break their schema, and what is missing."""
    console = Console()
    try:
        console.print(plan_table(FOLDER, CATALOG))
    except TrackingError as wrong:
        console.print(Text(str(wrong), "red"))
        raise typer.Exit(1) from None


def replay() -> None:
    """Look again at the messages in quarantine, and let in those that the plan lets pass now.

    Every run does so by itself; this shows what came of a corrected schema without running.
    """
    console = Console()
    home = Home.from_environment()
    if not home.warehouse.exists():
        console.print(f"[red]Nothing has landed in {home.root} yet[/red]: `kith run`.")
        raise typer.Exit(1)
    prepare(home)
    try:
        with only_run(home, console):
            released, held = released_and_held(home)
    except TrackingError as wrong:
        console.print(Text(str(wrong), "red"))
        raise typer.Exit(1) from None
    console.print(f"{released:,} messages came in, {held:,} are still held.")
    if held:
        console.print("Why: select * from collection.tracking_violations where is_held")
    if released:
        console.print("[bold]kith run[/bold] builds on what came in.")


def plan_table(folder: Path, catalog: Path) -> Table:
    """One row per event of the plan or the catalog; raises TrackingError if a schema is wrong."""
    plans = {plan.event_name: plan for plan in read_plan(folder)}
    with catalog.open() as file:
        known = [row["event_name"] for row in csv.DictReader(file)]
    table = Table(box=None)
    for heading in ("event", "mode", "rules", "missing"):
        table.add_column(heading, justify="right" if heading == "rules" else "left")
    for event_name in [*known, *sorted(plans.keys() - set(known))]:
        plan = plans.get(event_name)
        missing = []
        if not plan:
            missing.append("a schema in tracking/")
        if event_name not in known and event_name not in MESSAGE_TYPES:
            missing.append("a row in seeds/event_catalog.csv")
        table.add_row(
            Text(event_name),
            plan.mode if plan else "-",
            f"{len(plan.rules):,}" if plan else "-",
            Text(", ".join(missing), "yellow"),
        )
    return table
