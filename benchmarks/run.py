"""`make bench`: measures the areas, prints the table and keeps it in `KITH_HOME/bench.json`."""

from collections.abc import Callable, Iterator
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from benchmarks import build, collector, crm, identity, load, publish, setup, sync
from benchmarks.bench import Bench
from benchmarks.figures import Figure, save
from orchestration.warehouse import Home

# In the order in which they are measured: `publish` takes the home that `build` leaves.
AREAS: dict[str, Callable[[Bench], Iterator[Figure]]] = {
    "collector": collector.figures,
    "crm": crm.figures,
    "load": load.figures,
    "build": build.figures,
    "publish": publish.figures,
    "identity": identity.figures,
    "sync": sync.figures,
    "setup": setup.figures,
}


def main(
    events: Annotated[int, typer.Option(help="How many events.", min=1_000)] = 1_000_000,
    edges: Annotated[
        int | None, typer.Option(help="Of the larger identity graph; five to an event.", min=5_000)
    ] = None,
    only: Annotated[str | None, typer.Option(help=f"One of {', '.join(AREAS)}.")] = None,
) -> None:
    """Measure what the platform costs, as ratios, each against a yardstick of the same run."""
    if only is not None and only not in AREAS:
        raise typer.BadParameter(f"there is no area {only}, only {', '.join(AREAS)}")
    areas = [only] if only else list(AREAS)
    home = Home.from_environment()
    console = Console()
    found = measure(home, events, edges or 5 * events, areas, console)
    save(home.root / "bench.json", found, set(areas), list(AREAS))
    console.print(as_table(found, events))


def measure(
    home: Home, events: int, edges: int, areas: list[str], console: Console
) -> list[Figure]:
    """The figures of these areas, measured one after the other."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("benchmarks")
        bench = Bench(
            root=home.root / "bench",
            events=events,
            edges=edges,
            report=lambda step: progress.update(task, description=step),
        )
        return [figure for area in areas for figure in AREAS[area](bench)]


def as_table(figures: list[Figure], events: int) -> Table:
    """All figures; a bound that is not kept stands out, and is no error."""
    table = Table(title=f"Benchmarks at {events:,} events", title_justify="left")
    for heading in ("area", "ratio of", "ratio", "bound", "detail"):
        table.add_column(heading, justify="right" if heading == "ratio" else "left")
    for figure in figures:
        row = figure.row()
        kept = {None: "", True: "[green]kept[/green]", False: "[red]not kept[/red]"}
        table.add_row(
            figure.area,
            figure.name,
            f"{figure.ratio:.2f}",
            f"{row['bound'] or ''} {kept[row['holds']]}".strip(),
            figure.detail,
        )
    return table


if __name__ == "__main__":
    typer.run(main)
