"""What the platform holds and what the last run did, read from the publication."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
from pydantic import BaseModel, Field

from orchestration.explain import explain
from orchestration.explanation import Explanation, Unexplained
from orchestration.masking import masked_explanation
from orchestration.sources.declaration import declarations
from orchestration.warehouse import Home, Manifest, connect

STATEMENTS = Path(__file__).with_suffix(".sql").read_text().split(";\n")
TOTALS, SEGMENTS, SYNCS, ID_CHANGES, REFUSALS, QUALITY, EXAMPLE, HELD, _ = STATEMENTS


class SyncReport(BaseModel):
    """The latest run of one sync, in rows and requests."""

    status: str
    reason: str | None
    audience: int
    sent: int
    rejected: int
    unsendable: int
    withheld: int
    capped: int
    unchanged: int
    waiting: int
    in_doubt: int
    unsent: int
    pending: int
    requests: int

    @property
    def is_left_over(self) -> bool:
        """Whether somebody should look: it was held, refused, not sent to its end, or sent for
        nothing because every row was refused. Skipping for want of credentials is none of these.
        """
        is_all_refused = self.rejected > 0 and not self.sent and not self.pending
        return self.status in ("held", "refused", "partial", "planned") or is_all_refused


class Report(BaseModel):
    """Totals of the publication; `requests` are of the latest run alone.

    The tracking plan keeps `held_messages` back. `id_changes` counts customer ids that became
    others by reason, `refusals` links by guard. `abandoned` are customers whom
    exposures that are gone still hold at their destinations. `quality` has precision and recall if
    anybody's identifiers are labelled. `example` is one customer, explained and masked.
    """

    source_records: int
    events_loaded: int
    quarantined_lines: int
    held_messages: int
    identifiers: int
    customers: int
    known_customers: int
    merges: int
    orders: int
    revenue_cents: int
    batches: int
    as_on: str | None
    segments: dict[str, int]
    syncs: dict[str, SyncReport]
    abandoned: dict[str, int]
    id_changes: dict[str, int]
    refusals: dict[str, int]
    quality: dict[str, float]
    example: Explanation | None = Field(exclude=True)

    @property
    def left_over(self) -> dict[str, str]:
        """The syncs of the latest run that somebody should look at, with what became of them."""
        return {
            name: "every row refused" if sync.status == "settled" else sync.status
            for name, sync in self.syncs.items()
            if sync.is_left_over
        }

    @property
    def requests(self) -> int:
        """Requests that the latest run of every sync made, together."""
        return sum(sync.requests for sync in self.syncs.values())


def report(home: Home) -> Report:
    """Read the report; FileNotFoundError with the remedy if there is none to read."""
    if not home.serving.exists():
        raise FileNotFoundError(f"{home.serving} is missing: nothing is published. `kith run`.")
    try:
        with connect(home.serving, read_only=True) as connection:
            figures = _figures(connection)
            chosen = connection.execute(EXAMPLE).fetchall()
    except duckdb.CatalogException as older:
        raise FileNotFoundError(
            "What is published is older than this command: `kith run`."
        ) from older
    return Report(**figures, example=_example(home, *chosen[0]) if chosen else None)


def unread_for_want_of(environment: Mapping[str, str]) -> dict[str, list[str]]:
    """The sources that nobody has given credentials for: the variables that are not set."""
    found: dict[str, set[str]] = {}
    for declared in declarations(Manifest()):
        for name in declared.collect.variables:
            if not environment.get(name):
                found.setdefault(declared.source, set()).add(name)
    return {source: sorted(names) for source, names in sorted(found.items())}


def _example(home: Home, customer_id: str) -> Explanation | None:
    try:
        return masked_explanation(explain(home, customer_id))
    except Unexplained:
        # A publication of this very moment may know nobody by that id any more.
        return None


def _figures(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    def rows(query: str) -> list[dict[str, Any]]:
        cursor = connection.execute(query)
        names = [column[0] for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    declared = _declared()

    def is_declared(row: dict[str, Any]) -> bool:
        return declared is None or row["sync"] in declared

    return {
        **rows(TOTALS)[0],
        "segments": {row["segment"]: row["members"] for row in rows(SEGMENTS)},
        "syncs": {row.pop("sync"): SyncReport(**row) for row in rows(SYNCS) if is_declared(row)},
        "abandoned": {r["sync"]: r["customers"] for r in rows(HELD) if not is_declared(r)},
        "id_changes": {row["reason"]: row["ids"] for row in rows(ID_CHANGES)},
        "refusals": {row["guard"]: row["links"] for row in rows(REFUSALS)},
        "quality": {row["measure"]: row["value"] for row in rows(QUALITY)},
    }


def _declared() -> set[str] | None:
    """The syncs that the project declares, or None if dbt has never read it."""
    try:
        return {exposure["name"] for exposure in Manifest().exposures()}
    except FileNotFoundError:
        return None
