"""An installation that collects one kind of source from its emulator, and loads what landed."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from orchestration.sources.declaration import Declaration, FromDescription
from orchestration.sources.described import rows
from orchestration.sources.intake import load
from orchestration.sources.pipelines import landing_pipeline, unfinished, vendor_source
from orchestration.warehouse import Home, connect

Row = dict[str, Any]


@dataclass(frozen=True)
class Installation:
    """A home and the tables that are collected into it; options are those of a declaration."""

    home: Home
    kind: str
    objects: dict[str, dict[str, str | int]]

    def table(self, name: str) -> Declaration:
        """The table of an object, named in lower case."""
        collect = FromDescription(kind=self.kind, object=name, options=self.objects[name])
        low = name.lower()
        identifier = f"{self.kind}_{low}"
        return Declaration(source=self.kind, table=low, identifier=identifier, collect=collect)

    def collect(self) -> dict[str, int]:
        """Read the vendor and load; new rows by object, of those that have any."""
        tables = [self.table(name) for name in self.objects]
        left = tables
        while left:
            pipeline = landing_pipeline(self.home, self.kind)
            pipeline.drop()
            pipeline.run(vendor_source(self.kind, left))
            left = unfinished(pipeline, left)
        counts: dict[str, int] = {}
        for each in load(self.home, tables).tables:
            counts[each.table] = counts.get(each.table, 0) + each.loaded
        return {name: count for name, count in counts.items() if count}

    def latest(self, name: str) -> dict[str, tuple[bool, Row]]:
        """What the raw table says of each record: whether it is deleted, and the record."""
        with connect(self.home.warehouse, read_only=True) as connection:
            found = connection.execute(
                f"""select record_id, is_deleted, record from raw.{self.kind}_{name.lower()}
                qualify row_number() over (
                    partition by record_id
                    order by cast(updated_at as timestamptz) desc, batch_id desc) = 1"""
            ).fetchall()
        return {key: (is_deleted, json.loads(record)) for key, is_deleted, record in found}

    def read(self, name: str, state: dict[str, Any] | None = None) -> Iterator[Row]:
        """The rows of one object as they come, without a landing folder."""
        wanted = self.table(name).collect
        assert isinstance(wanted, FromDescription)
        return rows(wanted, {} if state is None else state)


@contextmanager
def installed(
    folder: Path,
    kind: str,
    objects: dict[str, dict[str, str | int]],
    environment: dict[str, str],
) -> Iterator[Installation]:
    """An installation with these variables, which leaves none behind."""
    home = Home(folder / "home")
    settings = {"KITH_HOME": str(home.root), "RUNTIME__REQUEST_BACKOFF_FACTOR": "0.02"}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (environment | settings).items():
            patch.setenv(name, value)
        try:
            yield Installation(home, kind, objects)
        finally:
            for name in list(os.environ):
                if name.startswith(("DLT_", "LOAD__", "RUNTIME__")):
                    del os.environ[name]
