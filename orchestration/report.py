"""What the platform holds and what the last run did, read from the publication."""

from pathlib import Path
from typing import Any

from pydantic import BaseModel

from orchestration.warehouse import Home, connect

SQL = Path(__file__).with_suffix(".sql")


class SyncReport(BaseModel):
    """The latest run of one sync, in rows and requests."""

    status: str
    reason: str | None
    audience: int
    sent: int
    rejected: int
    withheld: int
    unchanged: int
    in_doubt: int
    unsent: int
    requests: int


class Report(BaseModel):
    """Totals of the publication; `new_…` and `requests` are of the latest run alone."""

    source_records: int
    events_loaded: int
    quarantined_lines: int
    identifiers: int
    customers: int
    known_customers: int
    merges: int
    refusals: int
    orders: int
    revenue_cents: int
    batches: int
    as_on: str | None
    segments: dict[str, int]
    syncs: dict[str, SyncReport]

    @property
    def requests(self) -> int:
        """Requests that the latest run of every sync made, together."""
        return sum(sync.requests for sync in self.syncs.values())


def report(home: Home) -> Report:
    """Read the report; FileNotFoundError with the remedy if nothing was ever published."""
    if not home.serving.exists():
        raise FileNotFoundError(f"{home.serving} is missing: nothing is published. `kith run`.")
    totals, segments, syncs = SQL.read_text().split(";")[:3]
    with connect(home.serving, read_only=True) as connection:

        def rows(query: str) -> list[dict[str, Any]]:
            cursor = connection.execute(query)
            names = [column[0] for column in cursor.description or []]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

        return Report(
            **rows(totals)[0],
            segments={row["segment"]: row["members"] for row in rows(segments)},
            syncs={row.pop("sync"): SyncReport(**row) for row in rows(syncs)},
        )
