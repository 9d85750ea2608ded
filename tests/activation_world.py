"""A publication small enough to read, and vendors that keep state, for the tests of syncs."""

import json
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any

import duckdb
import httpx
import uvicorn

from orchestration.activation.declaration import Sync
from orchestration.warehouse import Home
from sandbox.vendors.control import editing, gated
from sandbox.vendors.gate import Gate, Vendor
from sandbox.vendors.hubspot.app import HubSpot
from sandbox.vendors.limits import Limits

TOKEN = token_hex(8)
SECRET = token_hex(8)
UNLIMITED = Limits(
    hubspot_ten_seconds=1_000_000,
    hubspot_search_second=1_000_000,
    webhook_second=1_000_000,
    requests_second=1_000_000,
)


@dataclass(frozen=True)
class Person:
    """One row of customers, with what they have said about marketing by e-mail, if anything."""

    customer_id: str
    email: str | None
    first_name: str = "Ada"
    revenue_cents: int = 100
    city: str = "Berlin"
    is_granted: bool | None = True
    is_member: bool = True


def people(count: int) -> list[Person]:
    """So many people who all said yes."""
    return [Person(f"c{i:05}", f"person{i:05}@example.com") for i in range(count)]


def publish(home: Home, persons: Iterable[Person]) -> None:
    """Replaces the publication as `serve` does: a new file, renamed over the last one."""
    home.root.mkdir(parents=True, exist_ok=True)
    fresh = home.root / ".serving.duckdb.part"
    fresh.unlink(missing_ok=True)
    rows = [vars(person) for person in persons]
    source = home.root / ".people.json"
    source.write_text("\n".join(json.dumps(row) for row in rows))
    with duckdb.connect(str(fresh)) as connection:
        connection.execute((Path(__file__).parent / "activation_world.sql").read_text(), [])
        if rows:
            connection.execute("insert into people by name from read_json(?)", [str(source)])
        connection.execute((Path(__file__).parent / "activation_rooms.sql").read_text())
    source.unlink()
    fresh.rename(home.serving)


def hubspot_sync(**changes: object) -> Sync:
    """The sync of the examples, with quick retries."""
    declared: dict[str, Any] = {
        "name": "hubspot_big_spenders",
        "file": "models/activation/hubspot.yml",
        "owner": "lifecycle@example.com",
        "room": "customers",
        "destination": "hubspot",
        "object": "contacts",
        "model": "customers",
        "segment": "seg_big_spenders",
        "match": "email",
        "mode": "mirror",
        "consent": {"purpose": "marketing", "channel": "email"},
        "map": {"email": "email", "firstname": "first_name", "kith_revenue": "revenue_cents"},
        "limits": quick(),
        "guards": {"max_removed_share": 1.0},
    }
    return Sync.model_validate(declared | changes)


def webhook_sync(**changes: object) -> Sync:
    """The same people sent to an endpoint, known there by their customer_id."""
    plain = {"object": None, "match": None, "destination": "webhook", "name": "webhook_members"}
    return hubspot_sync(**(plain | changes))


def file_sync(folder: str = "exports", **changes: object) -> Sync:
    """The same people as a file."""
    plain = {"object": None, "match": None, "destination": "file", "name": "file_members"}
    options = {"path": folder, "format": changes.pop("format", "parquet")}
    return hubspot_sync(**(plain | {"options": options} | changes))


def quick(**changes: object) -> dict[str, Any]:
    """Limits for a vendor on the same machine."""
    limits = {"requests_per_second": 10_000, "backoff_seconds": 0.01, "timeout_seconds": 2}
    return limits | changes


@dataclass(frozen=True)
class Served:
    """A vendor at an address, and its controls."""

    url: str
    gate: Gate

    @property
    def environment(self) -> dict[str, str]:
        """What a sync needs to reach it."""
        return {
            "HUBSPOT_URL": self.url,
            "HUBSPOT_TOKEN": TOKEN,
            "WEBHOOK_URL": f"{self.url}/hook",
            "WEBHOOK_SECRET": SECRET,
        }

    @property
    def requests(self) -> int:
        """How many requests it was asked."""
        return sum(self.gate.requests.values())

    def order(self, **faults: object) -> None:
        """Orders faults for the coming requests."""
        httpx.put(f"{self.url}/_sandbox/faults", json=faults).raise_for_status()

    def contacts(self) -> dict[str, dict[str, str]]:
        """Properties of every contact in HubSpot, by e-mail address."""
        records = self.gate.vendor.dump()["contacts"].values()
        return {record["properties"]["email"]: record["properties"] for record in records}


@contextmanager
def served(vendor: Vendor) -> Iterator[Served]:
    """Serves one emulator from a thread on a free loopback port."""
    gate = gated(vendor, *(editing(vendor) if isinstance(vendor, HubSpot) else ()))
    config = uvicorn.Config(gate, port=0, lifespan="off", log_config=None, access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield Served(f"http://127.0.0.1:{port}", gate)
    finally:
        server.should_exit = True
        thread.join(timeout=5)


def rows(home: Home, query: str) -> list[tuple[Any, ...]]:
    """What the ledger says, or is told."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{home.activation}' as ledger")
        connection.execute("use ledger")
        return connection.execute(query).fetchall()


def into(home: Home, table: str, *records: tuple[object, ...]) -> None:
    """Adds rows to a table of the publication."""
    with duckdb.connect(str(home.serving)) as connection:
        places = ", ".join("?" for _ in records[0])
        connection.executemany(f"insert into {table} values ({places})", [*map(list, records)])


def merged(home: Home, old: str, new: str) -> None:
    """Publishes that one customer has become part of another."""
    into(home, "identity.customer_ids", (old, new), (new, new))
    into(home, "identity.customer_id_history", (old, new, 1))
