"""What `kith plan` and `kith sync` show of a sync."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from orchestration.activation.interrupted import Interrupted
from orchestration.activation.receipt import Plan
from orchestration.activation.rejections import Rejections
from orchestration.activation.samples import Sample


def plan_page(
    plan: Plan, samples: Sequence[Sample], interrupted: Sequence[Interrupted] = ()
) -> RenderableType:
    """What a sync would do now, in rows, and a look at a few of them."""
    # Narrow enough for a terminal of 80 columns.
    table = Table(
        title=f"Plan of {plan.sync}: {plan.status}",
        title_justify="left",
        box=None,
        collapse_padding=True,
        pad_edge=False,
    )
    figures = {
        "audience": plan.audience,
        "withheld": plan.withheld,
        "capped": plan.capped,
        "unchanged": plan.unchanged,
        "waiting": plan.waiting,
        "unsendable": plan.unsendable,
        "add": plan.added,
        "change": plan.changed,
        "remove": plan.removed,
    }
    for heading in figures:
        table.add_column(heading, justify="right")
    table.add_row(*(f"{figure:,}" for figure in figures.values()))
    reason = Text(plan.reason or "Nothing was sent and nothing was written.")
    return Group(
        *(Text(_finished_first(run), "yellow") for run in interrupted),
        table,
        *([_samples(samples)] if samples else []),
        reason,
    )


def _finished_first(run: Interrupted) -> str:
    outcome = (
        "sends those of them that were not answered for"
        if run.is_due
        else "counts what was not answered for as in doubt, because the publication or the "
        "declaration has changed, and plans these rows anew"
    )
    return (
        f"The run of {run.planned_at:%Y-%m-%d %H:%M} UTC was interrupted. It was to add "
        f"{run.added:,} rows, change {run.changed:,} and remove {run.removed:,}. The next run "
        f"finishes it first: it {outcome}. What stands below does not reckon with that yet."
    )


def _samples(samples: Sequence[Sample]) -> Table:
    table = Table(title="Some of them", title_justify="left", show_header=False, box=None)
    for sample in samples:
        fields = ", ".join(f"{name}: {value}" for name, value in sample.fields.items())
        table.add_row(sample.operation, Text(sample.match), Text(fields))
    return table


def rejections_page(sync: str, found: Sequence[Rejections]) -> RenderableType:
    """What a destination refused, by reason."""
    if not found:
        return Text(f"Nothing that {sync} sent stands refused.")
    table = Table(
        "rows",
        "reason",
        "in words",
        "next try",
        "what helps",
        title=f"Refused of {sync}",
        title_justify="left",
        box=None,
    )
    for each in found:
        table.add_row(
            f"{each.rows:,}",
            Text(each.code),
            Text(each.example),
            _next_try(each),
            Text(each.remedy),
        )
    return table


def _next_try(found: Rejections) -> str:
    if found.due_in_runs is None:
        return "once changed"
    resting = f", {found.resting:,} once changed" if found.resting else ""
    return f"in {found.due_in_runs} runs{resting}" if found.due_in_runs > 1 else f"next{resting}"
