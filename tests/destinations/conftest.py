"""A PostgreSQL server for the session, and places for files."""

from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex

import pytest

from orchestration.warehouse import Home
from sandbox.vendors.s3 import EMULATED
from tests.activation_world import UNLIMITED, hubspot_sync, served
from tests.destinations.file_drop import DROPS, PLAIN, Drop
from tests.destinations.members_table import TABLE
from tests.destinations.postgres_server import PostgresServer, postgres_server


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture(scope="session")
def running() -> Iterator[PostgresServer]:
    with postgres_server() as server:
        yield server


@pytest.fixture
def server(running: PostgresServer) -> PostgresServer:
    running.run(TABLE)
    return running


@pytest.fixture(params=DROPS)
def drop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Drop]:
    destination, options = DROPS[request.param]
    secrets = {name: token_hex(8) for name in EMULATED.secrets}
    declared = hubspot_sync(**PLAIN, destination=destination, options=options)
    with served(EMULATED.make(secrets, UNLIMITED)) as vendor:
        yield Drop(Home(tmp_path), vendor, secrets, declared)
