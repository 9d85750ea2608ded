"""A small world served by the emulators with high limits, and clients that talk to them."""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import httpx
import pytest

from sandbox.vendors.limits import Limits
from sandbox.vendors.serve import Vendors

GENEROUS = Limits(10**6, 10**6, 10**6, 10**6)


def hubspot_row(number: int, archived: bool = False) -> dict[str, Any]:
    """A contact of the world; the last ones share one modification date."""
    moment = f"2026-01-{min(number // 10 + 1, 20):02}T00:00:00.000Z"
    record = {
        "id": str(number),
        "properties": {"email": f"p{number}@example.com", "firstname": "Ada", "tier": "gold"},
        "createdAt": "2025-01-01T00:00:00.000Z",
        "updatedAt": moment,
        "archived": archived,
        "associations": {"companies": {"results": [{"id": "1", "type": "contact_to_company"}]}},
    }
    return _row(str(number), moment, archived, record)


def salesforce_row(number: int, deleted: bool = False) -> dict[str, Any]:
    """A contact of the org, one a second."""
    moment = f"2026-01-01T{number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}.000"
    key = f"003{number:012}AAA"
    record = {"attributes": {"type": "Contact"}, "Id": key, "LastName": f"Name{number}"}
    record |= {"Email": f"p{number}@example.com", "SystemModstamp": f"{moment}+0000"}
    return _row(key, f"{moment}Z", deleted, record)


def _row(key: str, moment: str, deleted: bool, record: dict[str, Any]) -> dict[str, Any]:
    row = {"record_id": key, "updated_at": moment, "is_deleted": deleted}
    return row | {"record": json.dumps(record)}


def write_rows(path: Path, rows: list[dict[str, Any]]) -> None:
    """A world file in records form."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = path.with_suffix(".ndjson")
    lines.write_text("\n".join(map(json.dumps, rows)))
    columns = "{record_id: varchar, updated_at: varchar, is_deleted: boolean, record: varchar}"
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (from read_json('{lines}', columns = {columns})) to '{path}' (format parquet)"
        )


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """230 HubSpot contacts and 3 archived, 2,003 Salesforce contacts and 2 deleted."""
    folder = tmp_path_factory.mktemp("world")
    contacts = [hubspot_row(n, archived=n > 230) for n in range(1, 234)]
    write_rows(folder / "hubspot" / "contacts.parquet", contacts)
    people = [salesforce_row(n, deleted=n > 2003) for n in range(1, 2006)]
    write_rows(folder / "salesforce" / "Contact.parquet", people)
    return folder


@pytest.fixture(scope="session")
def running(world: Path) -> Iterator[Vendors]:
    """One set of emulators for all tests; each test keeps to records of its own."""
    with Vendors(world, GENEROUS) as vendors:
        yield vendors


@pytest.fixture(scope="session")
def clients(running: Vendors) -> Iterator[dict[str, httpx.Client]]:
    """One client for each emulator, by its environment variable."""
    urls = {n: u for n, u in running.environment().items() if n.endswith("_URL")}
    opened = {n: httpx.Client(base_url=u.removesuffix("/hook")) for n, u in urls.items()}
    yield opened
    for client in opened.values():
        client.close()


@pytest.fixture
def vendors(running: Vendors, clients: dict[str, httpx.Client]) -> Vendors:
    """The running emulators, healthy."""
    for client in clients.values():
        client.put("/_sandbox/faults", json={}).raise_for_status()
    return running


def with_token(client: httpx.Client, vendors: Vendors) -> httpx.Client:
    """The client with the HubSpot portal's token."""
    client.headers["Authorization"] = f"Bearer {vendors.environment()['HUBSPOT_TOKEN']}"
    return client


def with_session(client: httpx.Client, vendors: Vendors) -> httpx.Client:
    """The client with a fresh Salesforce session."""
    environment = vendors.environment()
    form = {
        "grant_type": "client_credentials",
        "client_id": environment["SALESFORCE_CLIENT_ID"],
        "client_secret": environment["SALESFORCE_CLIENT_SECRET"],
    }
    granted = client.post("/services/oauth2/token", data=form).json()
    client.headers["Authorization"] = f"Bearer {granted['access_token']}"
    return client


@pytest.fixture
def hubspot(vendors: Vendors, clients: dict[str, httpx.Client]) -> httpx.Client:
    """A client of the portal."""
    return with_token(clients["HUBSPOT_URL"], vendors)


@pytest.fixture
def salesforce(vendors: Vendors, clients: dict[str, httpx.Client]) -> httpx.Client:
    """A client of the org."""
    return with_session(clients["SALESFORCE_URL"], vendors)


@pytest.fixture
def hook(vendors: Vendors, clients: dict[str, httpx.Client]) -> Callable[..., httpx.Response]:
    """Posts a body to the webhook, signed with its secret unless told otherwise."""
    own = vendors.environment()["WEBHOOK_SECRET"]

    def post(key: str | None, body: bytes, secret: str | None = None) -> httpx.Response:
        digest = hmac.new((secret or own).encode(), body, hashlib.sha256).hexdigest()
        headers = {"X-Kith-Signature": f"sha256={digest}"}
        headers |= {"Idempotency-Key": key} if key else {}
        return clients["WEBHOOK_URL"].post("/hook", content=body, headers=headers)

    return post
