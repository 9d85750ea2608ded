"""The closing page: a report as a person likes to read it."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from orchestration.explain_page import explanation_page
from orchestration.report import Report
from orchestration.warehouse import Home

REASONS = {
    "merge": "two turned out to be one person",
    "split": "what held them together is gone",
    "override": "a steward decided it",
    "rule_change": "a rule was changed",
    "erasure": "somebody was erased",
}


def closing_page(report: Report, home: Home) -> RenderableType:
    """What the platform holds, its segments, its syncs and where the files are."""
    return Group(
        _headline(report),
        Text(),
        *_who_is_who(report),
        _segments(report),
        Text(),
        _syncs(report),
        Text(),
        _files(home),
    )


def what_is_left(report: Report, unread: Mapping[str, str]) -> Text | None:
    """Names what the run did not read and did not send, and why, or None if there are none."""
    said = []
    for cause in sorted(set(unread.values())):
        tables = ", ".join(sorted(table for table, why in unread.items() if why == cause))
        said.append(f"Not read: {tables}: {cause}.")
    if report.left_over:
        syncs = ", ".join(f"{name} ({became})" for name, became in report.left_over.items())
        said.append(f"Not sent to the end: {syncs}; why stands below the table of syncs.")
    if not said:
        return None
    words = ["The run went through, but not all is done.", *said, "What to do: docs/operating.md."]
    return Text("\n".join(words), "yellow")


def _headline(report: Report) -> Table:
    table = Table(title="In the warehouse", title_justify="left", show_header=False, box=None)
    table.add_column(justify="right", style="bold")
    table.add_column()
    for figure, meaning in (
        (report.source_records, "records from CRMs and files"),
        (report.events_loaded, "events"),
        (
            report.quarantined_lines,
            "lines in quarantine; `collection.rejected_lines` has them",
        ),
        (
            report.held_messages,
            "messages held by the tracking plan; `collection.tracking_violations` says why",
        ),
        (report.customers, f"customers, {report.known_customers:,} with an e-mail or telephone"),
        (report.orders, f"orders worth {report.revenue_cents / 100:,.2f} in reporting currency"),
    ):
        table.add_row(f"{figure:,}", meaning)
    table.caption = (
        f"as of {report.as_on}, batch {report.batches}" if report.batches else "Nothing has landed."
    )
    table.caption_justify = "left"
    return table


def _who_is_who(report: Report) -> Iterator[RenderableType]:
    table = Table(title="Who is who", title_justify="left", show_header=False, box=None)
    table.add_column(justify="right", style="bold")
    table.add_column()
    table.add_row(
        f"{report.identifiers - report.merges:,}",
        f"people behind {report.identifiers:,} identifiers",
    )
    for reason, ids in report.id_changes.items():
        table.add_row(f"{ids:,}", f"customer ids ever became others: {REASONS.get(reason, reason)}")
    for guard, links in report.refusals.items():
        table.add_row(f"{links:,}", f"links refused: {guard}")
    for measure in ("precision", "recall"):
        if measure in report.quality:
            labelled = f"{report.quality['labelled identifiers']:,.0f} labelled identifiers"
            table.add_row(f"{report.quality[measure]:.1%}", f"{measure}, over {labelled}")
    yield table
    yield Text()
    if report.example:
        yield Text("One of them, masked; `kith explain <identifier>` shows anybody", "italic")
        yield explanation_page(report.example)


def _segments(report: Report) -> Table:
    table = Table("segment", title="Segments", title_justify="left", box=None)
    table.add_column("people", justify="right")
    for segment, members in report.segments.items():
        table.add_row(segment, f"{members:,}")
    return table


def _syncs(report: Report) -> Table:
    table = Table(title="Syncs in the last run", title_justify="left", box=None, pad_edge=False)
    for heading in ("sync", "status"):
        table.add_column(heading, no_wrap=True)
    for heading in ("sent", "rejected", "withheld", "unchanged", "requests"):
        table.add_column(heading, justify="right")
    for name, sync in report.syncs.items():
        table.add_row(
            name,
            sync.status,
            *(
                f"{figure:,}"
                for figure in (
                    sync.sent,
                    sync.rejected,
                    sync.withheld,
                    sync.unchanged,
                    sync.requests,
                )
            ),
        )
    table.caption = "\n".join(_remarks(report)) or None
    table.caption_justify = "left"
    return table


def _remarks(report: Report) -> Iterator[str]:
    """What the figures of the syncs do not say."""
    if any(sync.withheld for sync in report.syncs.values()):
        yield "withheld: people who have not said yes to what the sync is for (doorway `consents`)"
    for name, sync in report.syncs.items():
        if sync.reason:
            yield f"{name}: {sync.reason}"
        others = {
            "unsendable: nothing to know them by, or somebody else's": sync.unsendable,
            "written to often enough": sync.capped,
            "waiting": sync.waiting,
            "in doubt": sync.in_doubt,
            "unsent": sync.unsent,
            "still at the vendor's": sync.pending,
        }
        if told := ", ".join(f"{rows:,} {words}" for words, rows in others.items() if rows):
            yield f"{name}: {told}"
        if sync.rejected or sync.unsendable:
            yield f"{name}: `kith sync rejections {name}` says which rows, and why"
    for name, customers in report.abandoned.items():
        yield f"{name} is not declared any more and still holds {customers:,} customers"


def _files(home: Home) -> Table:
    table = Table(title="Where things are", title_justify="left", show_header=False, box=None)
    table.add_column()
    # To be copied: broken over lines rather than cut off.
    table.add_column(overflow="fold")
    table.add_column()
    for meaning, path, content in (
        ("read this", home.serving, "all doorways: BI, notebooks, duckdb"),
        ("drop files here", home.landing, "events/*.ndjson and others"),
        ("sent files", home.root / "outbox", "what the file syncs wrote"),
        ("logs", home.root / "logs", "everything that the runs printed"),
    ):
        table.add_row(meaning, _short(path), content)
    return table


def _short(path: Path) -> str:
    """As one would type it here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
