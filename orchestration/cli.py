"""`kith …`: what neither dbt nor Dagster already has a command for."""

from subprocess import CalledProcessError
from typing import Annotated

import typer
from rich.console import Console

from orchestration.activation.exposures import DeclarationError, syncs
from orchestration.activation.run import plan_only
from orchestration.launch import causes, dbt, parse, prepare, run_job, web_ui
from orchestration.page import closing_page, plan_page
from orchestration.report import report
from orchestration.warehouse import PROJECT, Home, Manifest

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
console = Console()


@app.callback()
def kith() -> None:
    """A customer data platform that you own: dbt on DuckDB, run by Dagster."""


@app.command()
def run() -> None:
    """Collect, load, build, check, serve and sync, once; then show what came of it."""
    home = Home.from_environment()
    try:
        outcome = run_job(home, console)
    except (OSError, ValueError) as trouble:
        console.print(f"[red]Kith cannot work in {home.root}.[/red] {trouble}")
        raise typer.Exit(1) from None
    if not outcome.succeeded:
        console.print(causes(outcome.log), markup=False, highlight=False)
        failed = ", ".join(outcome.failed_steps) or "see the log"
        console.print(f"[red]The run failed[/red] in {failed}. The whole log: {outcome.log}")
        raise typer.Exit(1)
    console.print(closing_page(report(home), home))


@app.command()
def status() -> None:
    """Show what the last publication holds and what the syncs did."""
    home = Home.from_environment()
    try:
        console.print(closing_page(report(home), home))
    except FileNotFoundError as missing:
        console.print(f"[red]{missing}[/red]")
        raise typer.Exit(1) from None


@app.command()
def ui(
    port: Annotated[int, typer.Option(help="Port on the loopback address.")] = 3000,
) -> None:
    """Serve Dagster's web UI, its schedule and its sensor, until Ctrl-C."""
    console.print(f"Dagster's web UI: http://127.0.0.1:{port}  (stop with Ctrl-C)")
    raise typer.Exit(web_ui(Home.from_environment(), port))


@app.command()
def plan(name: Annotated[str, typer.Argument(help="Name of an exposure with a sync.")]) -> None:
    """Show what a sync would send now. Changes nothing and asks nobody."""
    home = Home.from_environment()
    try:
        parse(home)
        declared = list(syncs(Manifest()))
    except (DeclarationError, CalledProcessError) as mistake:
        console.print(f"[red]{mistake}[/red]")
        raise typer.Exit(1) from None
    chosen = [sync for sync in declared if sync.name == name]
    if not chosen:
        names = ", ".join(sync.name for sync in declared)
        console.print(f"[red]There is no sync {name}.[/red] There is: {names}")
        raise typer.Exit(1)
    console.print(plan_page(plan_only(chosen[0], home)))


@app.command()
def docs() -> None:
    """Build the documentation site of all models, sources and exposures."""
    home = Home.from_environment()
    with console.status("building the documentation site"):
        prepare(home)
        # The catalog is left out: reading it would open the warehouse under a run's feet.
        dbt("docs", "generate", "--quiet", "--static", "--empty-catalog", home=home)
    console.print(f"Open {PROJECT / 'target' / 'static_index.html'}")


if __name__ == "__main__":
    app()
