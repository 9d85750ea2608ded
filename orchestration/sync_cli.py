"""`kith plan` and `kith sync …`: what was sent where, and what stands in the way."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from orchestration.activation.damage import LedgerError
from orchestration.activation.declaration import Sync
from orchestration.activation.exposures import DeclarationError, declarations
from orchestration.activation.former import forget
from orchestration.activation.guards import NothingHeld, approve
from orchestration.activation.interrupted import interrupted
from orchestration.activation.rejections import rejections
from orchestration.activation.run import plan_only
from orchestration.launch import parse
from orchestration.sync_page import plan_page, rejections_page
from orchestration.warehouse import Home, Manifest

sync = typer.Typer(no_args_is_help=True, help="What was sent where, and what stands in the way.")
console = Console()

Name = Annotated[str, typer.Argument(help="Name of an exposure with a sync.")]
Held = Annotated[str, typer.Argument(help="Name of a sync whose last run was held.")]
Former = Annotated[str, typer.Argument(help="Name of a sync, declared or not any more.")]
ShowValues = Annotated[
    bool, typer.Option("--show-values", help="Show personal data of the samples unmasked.")
]


def plan(name: Name, show_values: ShowValues = False) -> None:
    """Show what a sync would send now. Changes nothing and asks nobody."""
    home = Home.from_environment()
    with _said_plainly():
        declared = _declared(name, home)
        planned, rows = plan_only(declared, home, show_values=show_values)
        console.print(plan_page(planned, rows, interrupted(declared, home)))
    if planned.status == "refused":
        raise typer.Exit(1)


@sync.command(name="rejections")
def sync_rejections(name: Name) -> None:
    """Show what the destination refused, by reason, and what helps."""
    home = Home.from_environment()
    with _said_plainly():
        console.print(rejections_page(name, rejections(_declared(name, home), home)))


@sync.command(name="approve")
def sync_approve(name: Held) -> None:
    """Let what a guard held go out with the next run, once, if it is not much more by then."""
    home = Home.from_environment()
    with _said_plainly():
        held = approve(_declared(name, home), home)
    console.print(
        f"The next run of {name} may add {held.added:,} rows, change {held.changed:,} and "
        f"remove {held.removed:,}."
    )


@sync.command(name="forget")
def sync_forget(name: Former) -> None:
    """Leave with the vendor what a sync sent elsewhere before; nobody will take it back."""
    home = Home.from_environment()
    with _said_plainly():
        declared = _all_declared(home)
        known = declared.get(name)
        forgotten = forget(name, known if isinstance(known, Sync) else None, home)
        if not forgotten and known is None:
            raise _Unknown(f"There never was a sync {name}. There is: {', '.join(declared)}")
    console.print(f"{forgotten:,} rows that {name} sent are forgotten, and stay where they are.")


class _Unknown(Exception):
    """There is no such sync, or it is declared wrongly."""


@contextmanager
def _said_plainly() -> Iterator[None]:
    """What stands in the way, as a sentence instead of a traceback; ends with 1."""
    try:
        yield
    except (LedgerError, NothingHeld, _Unknown) as trouble:
        console.print(Text(str(trouble), "red"))
        raise typer.Exit(1) from None


def _all_declared(home: Home) -> dict[str, Sync | DeclarationError]:
    parse(home)
    return dict(declarations(Manifest()))


def _declared(name: str, home: Home) -> Sync:
    """The sync of that name, as the project declares it now."""
    declared = _all_declared(home)
    chosen = declared.get(name)
    if isinstance(chosen, Sync):
        return chosen
    raise _Unknown(chosen or f"There is no sync {name}. There is: {', '.join(declared)}")
