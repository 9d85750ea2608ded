"""Dagster's record of its runs, written without waiting for the disk at every line.

Dagster opens and closes an SQLite file for each of the some thousand lines of a run. SQLite waits
for the disk at each of them, and folds its log into the file at each closing: together about 2,600
times a run. What a power cut may lose are the last lines of a record; a killed process loses none.
Nothing that Kith itself must remember is kept there.
"""

import sqlite3
from collections.abc import Mapping
from functools import cache
from typing import Any

from dagster import QueuedRunCoordinator
from dagster._serdes import ConfigurableClassData
from sqlalchemy import event
from sqlalchemy.engine import Engine

MOST_KEPT_OPEN = 8


class _KeptOpen:
    """One idle connection to each of the latest files, so that no other closing is the last."""

    def __init__(self) -> None:
        self._connections: dict[str, sqlite3.Connection] = {}

    def keep(self, file: str) -> None:
        if not file or file in self._connections:
            return
        idle = sqlite3.connect(file, check_same_thread=False)
        # Only who has read counts as a user of the log.
        idle.execute("select count(*) from sqlite_master").fetchall()
        self._connections[file] = idle
        if len(self._connections) > MOST_KEPT_OPEN:
            self._connections.pop(next(iter(self._connections))).close()


@cache
def write_quickly() -> None:
    """From now on and once, for all SQLite files that this process opens through SQLAlchemy."""
    kept = _KeptOpen()

    def relax(connection: Any, _record: object) -> None:  # noqa: ANN401 - of any database
        if isinstance(connection, sqlite3.Connection):
            connection.execute("pragma synchronous = normal")
            ((_, _, file),) = connection.execute("pragma database_list").fetchall()
            kept.keep(file)

    event.listen(Engine, "connect", relax)


class RunQueue(QueuedRunCoordinator):
    """Dagster's own queue of runs; as `dagster.yaml` names it, its daemon too writes quickly."""

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> "RunQueue":
        """Made by every process that works with the instance."""
        write_quickly()
        return cls(inst_data=inst_data, **config_value)
