"""What several tests need: the project's manifest, an empty home, and vendors to send to."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.warehouse import PROJECT, Home, Manifest
from sandbox.vendors.hubspot.app import HubSpot
from sandbox.vendors.webhook import Webhook
from tests.activation_world import SECRET, TOKEN, UNLIMITED, Served, served

# Files that take minutes each, longest first: begun last, one worker would be left alone with them.
LONGEST = (
    "test_whole_run.py",
    "test_incremental.py",
    "test_benchmarks.py",
    "test_recipes.py",
    "test_identity_rules.py",
    "test_cli.py",
    "test_identity_quality.py",
    "test_conservation.py",
)
DESCRIBED = ("models", "macros", "seeds", "tests/conservation")


def newest_change() -> float:
    """When anything that dbt parses was last written, as a Unix time."""
    files = [file for folder in DESCRIBED for file in (PROJECT / folder).rglob("*.*")]
    return max(file.stat().st_mtime for file in [*files, PROJECT / "dbt_project.yml"])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the longest files first; the others stay in their order."""
    ranks = {name: rank for rank, name in enumerate(LONGEST)}
    items.sort(key=lambda item: ranks.get(item.path.name, len(ranks)))


@pytest.fixture(scope="session")
def manifest() -> Manifest:
    """The manifest; parsed once, and only if a model, macro, seed, test or YAML file is newer."""
    manifest = Manifest()
    if not manifest.path.exists() or manifest.path.stat().st_mtime < newest_change():
        dbt = Path(sys.executable).parent / "dbt"
        subprocess.run([str(dbt), "parse", "--quiet"], cwd=PROJECT, check=True)
    return manifest


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An installation that nothing has run in yet."""
    return Home(tmp_path)


@pytest.fixture
def hubspot() -> Iterator[Served]:
    """An empty HubSpot portal."""
    with served(HubSpot(TOKEN, None, UNLIMITED)) as vendor:
        yield vendor


@pytest.fixture
def endpoint() -> Iterator[Served]:
    """A company's own endpoint that has heard nothing yet."""
    with served(Webhook(SECRET, UNLIMITED)) as vendor:
        yield vendor
