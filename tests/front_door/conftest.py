"""An empty installation, and the vendors it collects from."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.warehouse import Home
from sandbox.vendors.limits import Limits
from sandbox.vendors.serve import Vendors
from tests.front_door.crm import TABLES, Sandbox


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture(scope="package")
def serving() -> Iterator[dict[str, str]]:
    with Vendors(None, Limits(hubspot_ten_seconds=10**6, hubspot_search_second=10**6)) as vendors:
        yield vendors.environment()


@pytest.fixture
def sandbox(
    serving: dict[str, str], home: Home, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Sandbox]:
    settings = {"KITH_HOME": str(home.root), "RUNTIME__REQUEST_BACKOFF_FACTOR": "0.02"}
    for name, value in (serving | settings).items():
        monkeypatch.setenv(name, value)
    sandbox = Sandbox(serving, home)
    for vendor in TABLES:
        sandbox.faults(vendor)
    yield sandbox
    for name in list(os.environ):
        if name.startswith(("DLT_", "LOAD__", "RUNTIME__")):
            del os.environ[name]
