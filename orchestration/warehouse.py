"""Where everything lies: the four files of `KITH_HOME`, the dbt project, its manifest."""

import hashlib
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

PROJECT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 60.0
SYNCS = "models/activation/"


class UnusableHome(Exception):
    """The directory that KITH_HOME names cannot be worked in; the text says why."""


@dataclass(frozen=True)
class Home:
    """The directory that holds all data of one installation; everything else is code."""

    root: Path

    @classmethod
    def from_environment(cls) -> "Home":
        """`KITH_HOME`, by default `var` in the project; always absolute."""
        return cls(Path(os.environ.get("KITH_HOME") or PROJECT / "var").resolve())

    def make(self) -> None:
        """Make the directory; a new one is its owner's alone, for it holds personal data.

        Raises UnusableHome if it cannot be made.
        """
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        except FileExistsError:
            raise UnusableHome(f"Kith cannot work in {self.root}: it is no folder.") from None
        except OSError as trouble:
            raise UnusableHome(f"Kith cannot work in {self.root}: {trouble.strerror}.") from None

    @property
    def landing(self) -> Path:
        """Files as they arrived, immutable once renamed into place."""
        return self.root / "landing"

    @property
    def warehouse(self) -> Path:
        """Loads and dbt write it; nothing outside a run opens it."""
        return self.root / "warehouse.duckdb"

    @property
    def doorways(self) -> Path:
        """The doorways as dbt builds them; `serving` is a copy of this file."""
        return self.root / "doorways.duckdb"

    @property
    def serving(self) -> Path:
        """The last complete, tested publication: what BI, syncs and `kith` read."""
        return self.root / "serving.duckdb"

    @property
    def activation(self) -> Path:
        """The ledger of what was sent where."""
        return self.root / "activation.duckdb"

    @property
    def spool(self) -> Path:
        """What syncs under way set out to send, and the journals of their delivery."""
        return self.root / "spool"

    @property
    def dlt(self) -> Path:
        """Working state of the API loads."""
        return self.root / "dlt"

    @property
    def models(self) -> Path:
        """Trained models of the fuzzy tier, a folder per source."""
        return self.root / "models"

    @property
    def dagster(self) -> Path:
        """Dagster's own run storage."""
        return self.root / "dagster"


@dataclass(frozen=True)
class Manifest:
    """dbt's compiled description of the project, the one list of what exists."""

    path: Path = PROJECT / "target" / "manifest.json"

    @cached_property
    def content(self) -> dict[str, Any]:
        """The whole manifest; raises FileNotFoundError with the remedy if dbt never parsed."""
        if not self.path.exists():
            raise FileNotFoundError(f"{self.path} is missing: run `make setup` (or `dbt parse`).")
        manifest: dict[str, Any] = json.loads(self.path.read_text())
        return manifest

    def sources(self) -> Iterator[dict[str, Any]]:
        """Source tables that declare how they are collected (`config.meta.collect`)."""
        for source in self.content["sources"].values():
            if source["config"]["meta"].get("collect"):
                yield source

    def exposures(self) -> Iterator[dict[str, Any]]:
        """Exposures that declare where they are sent (`config.meta.sync`), or lie among them."""
        for exposure in self.content["exposures"].values():
            is_among_them = exposure["original_file_path"].startswith(SYNCS)
            if is_among_them or "sync" in (exposure["config"].get("meta") or {}):
                yield exposure

    def doorways(self) -> Iterator[dict[str, Any]]:
        """The public models: what one room shows to the others and to BI."""
        for node in self.content["nodes"].values():
            if node["resource_type"] == "model" and node["config"]["access"] == "public":
                yield node


def macros_fingerprint() -> str:
    """What all macros together say; a model that was built by others is built from all batches."""
    texts = sorted(path.read_text() for path in (PROJECT / "macros").glob("*.sql"))
    return hashlib.sha256("".join(texts).encode()).hexdigest()


@contextmanager
def connect(
    path: Path,
    *,
    read_only: bool = False,
    patience_seconds: float = PATIENCE_SECONDS,
    threads: int | None = None,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB connection in UTC within the memory limit, closed at the end of the block.

    It works with so many `threads`, by default KITH_THREADS of the environment, or 2.
    Waits, by default a minute, for another process to let go of the file, such as a dbt that
    outlived the run that started it; then raises duckdb.IOException, which names that process.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    settings: dict[str, str | bool | int | float | list[str]] = {
        "threads": threads or int(os.environ.get("KITH_THREADS", "2")),
        "memory_limit": os.environ.get("KITH_MEMORY", "4GB"),
        "temp_directory": str(path.parent / "tmp"),
        "preserve_insertion_order": False,
    }
    connection = _open_once_free(path, read_only, settings, patience_seconds)
    try:
        connection.execute("set TimeZone = 'UTC'")
        yield connection
    finally:
        connection.close()


def _open_once_free(
    path: Path, read_only: bool, settings: dict[str, Any], patience_seconds: float
) -> duckdb.DuckDBPyConnection:
    deadline = time.monotonic() + patience_seconds
    while True:
        try:
            return duckdb.connect(str(path), read_only=read_only, config=settings)
        except duckdb.IOException as error:
            if "Could not set lock" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.1)
