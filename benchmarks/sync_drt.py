"""The direct peer, drt-core: installed beside Kith, its project for the same rows, and its runs."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.bench import SQL
from orchestration.warehouse import PROJECT

VERSION = "1.2.1"
NAME = f"drt-core {VERSION}"
ENVIRONMENT = PROJECT / ".venv" / "peers" / f"drt-core-{VERSION}"
INSTALLING_SECONDS = 180
PATIENCE_SECONDS = 600
# Rows that it works on at once; its own 100 would open a connection for every request.
READ_AHEAD = 10_000


@dataclass(frozen=True)
class Run:
    """What a run says of itself: its seconds without its start, and its counts."""

    seconds: float
    status: str
    synced: int
    failed: int


@dataclass(frozen=True)
class Project:
    """A project of drt-core's that sends a publication's customers."""

    folder: Path

    @classmethod
    def create(cls, folder: Path, url: str, batch: int, *, parts: int = 1) -> "Project":
        """One sync without limits of its own, or as many as `parts`, each of a part of the rows."""
        shutil.rmtree(folder, ignore_errors=True)
        for place in ("syncs", ".drt"):
            (folder / place).mkdir(parents=True)
        project = cls(folder)
        profile = {"type": "duckdb", "database": str(project.database)}
        _write(folder / "drt_project.yml", {"name": "bench", "profile": "bench"})
        _write(folder / ".drt" / "profiles.yml", {"bench": profile})
        for part in range(parts):
            name = f"customers_{part}"
            model = (SQL / "sync_drt.sql").read_text().format(part=part, parts=parts)
            _write(folder / "syncs" / f"{name}.yml", _sync(name, model, url, batch))
        return project

    @property
    def database(self) -> Path:
        """Where it reads; it opens the file for writing, so it has one of its own."""
        return self.folder / "publication.duckdb"

    @property
    def dead_letters(self) -> list[Path]:
        """Files with the rows that it says it could not deliver."""
        return sorted((self.folder / ".drt" / "dlq").glob("*.jsonl"))

    def publish(self, published: Path) -> None:
        """Puts a publication in the place of the last one."""
        shutil.copyfile(published, self.database)

    def start(self, threads: int = 1) -> subprocess.Popen[str]:
        """Starts all syncs of the project."""
        command = [str(ENVIRONMENT / "bin" / "drt"), "run", "--output", "json"]
        return subprocess.Popen(
            [*command, "--threads", str(threads)],
            cwd=self.folder,
            env={**os.environ, "HOME": str(self.folder), "DO_NOT_TRACK": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def run(self, threads: int = 1) -> Run:
        """Runs all syncs, of which the longest counts. Raises TimeoutExpired after a while."""
        with self.start(threads) as process:
            try:
                said, _ = process.communicate(timeout=PATIENCE_SECONDS)
            finally:
                process.kill()
        results = json.loads(said)["syncs"]
        return Run(
            max(result["duration_seconds"] for result in results),
            max(result["status"] for result in results),
            sum(result["rows_synced"] for result in results),
            sum(result["rows_failed"] for result in results),
        )


@cache
def obstacle() -> str | None:
    """Installs it unless it is there; why that is impossible, or None."""
    marker = ENVIRONMENT / "installed"
    if marker.exists():
        return None
    uv = str(Path(sys.executable).parent / "uv")
    packages = [f"drt-core[duckdb]=={VERSION}", f"duckdb=={version('duckdb')}"]
    steps = (
        [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(ENVIRONMENT)],
        [uv, "pip", "install", "--quiet", "--python", str(ENVIRONMENT), *packages],
    )
    cached = {"UV_CACHE_DIR": str(PROJECT / ".venv" / "cache")}
    try:
        for step in steps:
            subprocess.run(
                step,
                env={**cached, **os.environ},
                check=True,
                capture_output=True,
                timeout=INSTALLING_SECONDS,
            )
    except (OSError, subprocess.SubprocessError) as error:
        # What uv says names places of this machine.
        return f"{NAME} could not be installed ({type(error).__name__})"
    marker.touch()
    return None


def _sync(name: str, model: str, url: str, batch: int) -> dict[str, Any]:
    destination = {
        "type": "rest_api",
        "url": url,
        "headers": {"Content-Type": "application/json"},
        "body_mode": "batch",
        "batch_template": "{{ rows | tojson_safe }}",
        "max_records_per_request": batch,
    }
    options = {
        "mode": "full",
        "batch_size": READ_AHEAD,
        "rate_limit": {"requests_per_second": 0},
        "on_error": "skip",
        "dlq": {"enabled": True},
    }
    return {"name": name, "model": model, "destination": destination, "sync": options}


def _write(path: Path, content: dict[str, Any]) -> None:
    # JSON is YAML.
    path.write_text(json.dumps(content, indent=2))
