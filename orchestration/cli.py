"""`kith …`: what neither dbt nor Dagster already has a command for."""

import os
import sys
from pathlib import Path
from subprocess import CalledProcessError
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from orchestration.activation.damage import LedgerError
from orchestration.activation.ledger import demand_ledger
from orchestration.collector.keys import DECLARATION, CollectorError, Keys
from orchestration.collector.serve import collect as collect_events
from orchestration.explain import explain as explain_identifiers
from orchestration.explain_page import explanation_page
from orchestration.explanation import Unexplained
from orchestration.launch import dbt, prepare, run_job, web_ui
from orchestration.page import closing_page, what_is_left
from orchestration.picture.identity import write_picture
from orchestration.preview import Unpreviewed, preview
from orchestration.preview_page import preview_page
from orchestration.report import report, unread_for_want_of
from orchestration.run_log import causes
from orchestration.sync_cli import plan, sync
from orchestration.tracking_page import replay, tracking
from orchestration.warehouse import PROJECT, Home, UnusableHome

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
identity = typer.Typer(no_args_is_help=True, help="Who is who, and who would be.")
app.add_typer(identity, name="identity")
app.add_typer(sync, name="sync")
app.command()(tracking)
app.command()(replay)
console = Console()


@app.callback()
def kith() -> None:
    """A customer data platform that you own: dbt on DuckDB, run by Dagster."""


@app.command()
def run() -> None:
    """Collect, load, build, check, serve and sync, once; then show what came of it.

    Ends with 0 if all is done, with 1 if the run failed, and with 2 if it went through but a source
    was not read, or a sync was held, refused or not sent to its end; then it names them.
    """
    home = Home.from_environment()
    try:
        demand_ledger(home)
        outcome = run_job(home, console)
    except OSError as trouble:
        console.print(f"[red]Kith cannot work in {home.root}.[/red] {trouble}")
        raise typer.Exit(1) from None
    except LedgerError as damaged:
        console.print(Text(str(damaged), "red"))
        raise typer.Exit(1) from None
    if not outcome.succeeded:
        console.print(causes(outcome.log), markup=False, highlight=False)
        where = f"in {', '.join(outcome.failed_steps)}" if outcome.failed_steps else "at its start"
        console.print(f"[red]The run failed[/red] {where}. The whole log: {outcome.log}")
        raise typer.Exit(1)
    state = report(home)
    console.print(closing_page(state, home))
    for remark in outcome.noticed:
        console.print(Text(remark, "yellow"))
    for source, names in unread_for_want_of(os.environ).items():
        console.print(f"{source} was skipped, no credentials: {', '.join(names)} not set.")
    if left := what_is_left(state, outcome.unread):
        console.print(left)
        raise typer.Exit(2)


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
    port: Annotated[
        int, typer.Option(min=1, max=65535, help="Port on the loopback address.")
    ] = 3000,
) -> None:
    """Serve Dagster's web UI, its schedule and its sensor, until Ctrl-C."""
    home = Home.from_environment()
    prepare(home)
    console.print(f"Dagster's web UI: http://127.0.0.1:{port}  (stop with Ctrl-C; twice: at once)")
    raise typer.Exit(web_ui(home, port))


@app.command()
def collect(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port; 0 for any that is free.")
    ] = 3001,
    declaration: Annotated[
        Path, typer.Option(help="Who may send, and when files are sealed.")
    ] = DECLARATION,
) -> None:
    """Take live events over HTTP, as Segment's API does, until Ctrl-C."""

    def started(keys: Keys, on_port: int) -> None:
        for sender in keys.closed:
            console.print(f"{sender.name} is closed: {sender.variable} is not set.")
        names = ", ".join(sender.name for sender in keys.opened)
        console.print(f"Collecting on http://{host}:{on_port} from {names}  (stop with Ctrl-C)")

    try:
        collect_events(Home.from_environment(), declaration, host, port, on_start=started)
    except CollectorError as trouble:
        console.print(Text(str(trouble), "red"))
        raise typer.Exit(1) from None


app.command()(plan)


@app.command()
def explain(
    identifier: Annotated[
        str, typer.Argument(help="An e-mail address, telephone, cookie, CRM id, or customer id.")
    ],
    other: Annotated[str | None, typer.Argument(help="Another: what ties or parts them?")] = None,
    types: Annotated[
        list[str] | None,
        typer.Option("--type", help="Which kind is meant, if several have that value. Repeatable."),
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(help="Also draw it, into a file ending in .svg or .png.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Everything, for programs.")] = False,
) -> None:
    """Show why identifiers are one customer, or are not.

    Reads the last publication. Shows personal data unmasked: that of whom you ask for, and of those
    whom a guard keeps apart from them.
    """
    try:
        explanation = explain_identifiers(
            Home.from_environment(), identifier, other, types=types or ()
        )
        left_out = write_picture(explanation, picture) if picture else 0
    except (FileNotFoundError, Unexplained, OSError, ValueError) as trouble:
        (Console(stderr=True) if as_json else console).print(Text(str(trouble), "red"))
        raise typer.Exit(1) from None
    if as_json:
        typer.echo(explanation.model_dump_json(indent=2))
    else:
        console.print(explanation_page(explanation))
    if left_out and not as_json:
        console.print(f"{left_out:,} identifiers had no room in {picture}.")


@identity.command(name="preview")
def preview_identity(
    fail_above: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=100,
            help="Exit with 2 if more per cent of the customers would change; for CI.",
        ),
    ] = None,
    show_values: Annotated[
        bool, typer.Option("--show-values", help="Show personal data of the examples unmasked.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Everything, for programs.")] = False,
) -> None:
    """Show whom an edit of the seeds, the models or the macros would merge and split.

    Builds the identity room by the working tree on a copy of the data; the data stay as they are.
    """
    try:
        with Console(stderr=True).status("building a copy by the rules of the working tree"):
            found = preview(Home.from_environment(), show_values=show_values)
    except (Unpreviewed, OSError) as trouble:
        (Console(stderr=True) if as_json else console).print(Text(str(trouble), "red"))
        raise typer.Exit(1) from None
    if as_json:
        typer.echo(found.model_dump_json(indent=2))
    else:
        console.print(preview_page(found))
    if fail_above is not None and found.changed_percent > fail_above:
        raise typer.Exit(2)


@app.command()
def docs() -> None:
    """Build the documentation site of all models, sources and exposures."""
    home = Home.from_environment()
    with console.status("building the documentation site"):
        prepare(home)
        # The catalog is left out: reading it would open the warehouse under a run's feet.
        dbt("docs", "generate", "--quiet", "--static", "--empty-catalog", home=home)
    console.print(f"Open {PROJECT / 'target' / 'static_index.html'}")


def main() -> None:
    """The command `kith`; ends with a sentence where home or project cannot be used."""
    try:
        app()
    except UnusableHome as trouble:
        console.print(Text(str(trouble), "red"))
    except CalledProcessError:
        console.print("[red]dbt cannot read the project[/red]; its words are above.")
    sys.exit(1)


if __name__ == "__main__":
    main()
