"""Publications to send, the homes that have one, and the sync that sends it."""

import os
from pathlib import Path

from benchmarks.bench import SQL, Bench
from orchestration.activation.declaration import Sync
from orchestration.warehouse import Home, connect

CONCURRENCY = 8
BATCH = 100
UNCHANGED = "Ada"


def publication(bench: Bench, rows: int, *, changed: str = UNCHANGED, gone: bool = False) -> Path:
    """The file of a publication of so many customers; made once.

    `changed` is the first name of every hundredth; with `gone`, every tenth is not there.
    """
    made = bench.root / f"sync-{rows}-{changed}{'-gone' if gone else ''}.duckdb"
    if not made.exists():
        bench.report(f"publishing {rows:,} customers")
        part = made.with_suffix(".part")
        part.unlink(missing_ok=True)
        with connect(part) as connection:
            for name, value in {"people": rows, "changed": changed, "gone": gone}.items():
                connection.execute(f"set variable {name} = ?", [value])
            connection.execute((SQL / "sync_world.sql").read_text())
        part.rename(made)
    return made


def new_home(bench: Bench, name: str, published: Path) -> Home:
    """A home that never sent anything."""
    home = bench.fresh_home(f"sync-{name}")
    publish(home, published)
    return home


def publish(home: Home, published: Path) -> None:
    """Puts a publication in the place of the last one."""
    part = home.root / ".serving.duckdb.part"
    part.unlink(missing_ok=True)
    os.link(published, part)
    part.rename(home.serving)


def customers(published: Path, changed: str | None = None) -> set[str]:
    """Ids of all customers of a publication, or of those whose first name is `changed`."""
    query = (
        "select customer_id from customers.customers where first_name = coalesce($1, first_name)"
    )
    with connect(published, read_only=True) as connection:
        return {customer for (customer,) in connection.execute(query, [changed]).fetchall()}


def sync_of_all(batch: int = BATCH) -> Sync:
    """Everybody, to the company's own endpoint, as fast as it answers; no guard is in the way."""
    return Sync.model_validate(
        {
            "name": "bench",
            "file": "benchmarks/sync_world.py",
            "owner": "bench@acme.example",
            "room": "customers",
            "destination": "webhook",
            "model": "customers",
            "segment": "seg_all",
            "mode": "mirror",
            "consent": {"purpose": "marketing", "channel": "email"},
            "map": {name: name for name in ("city", "email", "first_name", "revenue_cents")},
            "limits": {
                "batch": batch,
                "requests_per_second": 1_000_000,
                "concurrency": CONCURRENCY,
            },
            "guards": {"max_first_run": 1_000_000_000, "max_removed_share": 1.0},
        }
    )
