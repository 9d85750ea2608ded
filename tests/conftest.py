"""What several tests need: the project's manifest, never older than the files it describes."""

import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.warehouse import PROJECT, Manifest

DESCRIBED = ("models", "macros", "seeds", "tests/conservation")


def newest_change() -> float:
    """When anything that dbt parses was last written, as a Unix time."""
    files = [file for folder in DESCRIBED for file in (PROJECT / folder).rglob("*.*")]
    return max(file.stat().st_mtime for file in [*files, PROJECT / "dbt_project.yml"])


@pytest.fixture(scope="session")
def manifest() -> Manifest:
    """The manifest; parsed once, and only if a model, macro, seed, test or YAML file is newer."""
    manifest = Manifest()
    if not manifest.path.exists() or manifest.path.stat().st_mtime < newest_change():
        dbt = Path(sys.executable).parent / "dbt"
        subprocess.run([str(dbt), "parse", "--quiet"], cwd=PROJECT, check=True)
    return manifest
