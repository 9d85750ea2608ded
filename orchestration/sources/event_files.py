"""Event files into `raw.events`: parsed by DuckDB, doubtful lines and files as text."""

from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from orchestration.sources.arrivals import Arrival
from orchestration.sources.event_lines import stage_all, stage_suspects
from orchestration.sources.statements import statement, without


class DisagreementError(Exception):
    """The wide pass brought other counts than the narrow one: `paths` must be read as text."""

    def __init__(self, paths: set[str]) -> None:
        super().__init__(f"{len(paths)} file(s) must be read line by line")
        self.paths = paths


@dataclass
class EventIntake:
    """The new event files of one load: `stage` before the transaction, `write` within it."""

    landing: Path
    arrivals: list[Arrival]
    as_text: set[str] = field(default_factory=set)

    def stage(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Find out what is new, repeated or refused; reads only the identifying fields."""
        connection.execute(statement("event_macros"))
        connection.execute("delete from event_arrivals")
        connection.execute("delete from event_lines")
        self._read_identifying_fields(connection)
        for path in self._doubtful(connection):
            if not stage_suspects(connection, Path(path)):
                self._read_as_text(connection, path)
        for path in sorted(self.as_text):
            stage_all(connection, Path(path))
        connection.execute(statement("event_lines"))
        connection.execute(statement("event_duplicates"))

    def write(self, connection: duckdb.DuckDBPyConnection, batch_id: int) -> None:
        """Append the batch; raises DisagreementError if a file must be read as text instead."""
        bound = {"batch_id": batch_id, "prefix_length": len(f"{self.landing}/")}
        if paths := self._parsed():
            # Of files it expects few rows, and would collect them all to compare them with a table.
            with without(connection, "build_side_probe_side"):
                connection.execute(statement("event_files"), {**bound, "paths": paths})
        if paths := self._with_copies(connection):
            connection.execute(statement("event_copies"), {**bound, "paths": paths})
        connection.execute(statement("event_line_files"), bound)
        connection.execute(statement("event_line_copies"), bound)
        batch = {"batch_id": batch_id}
        differing = connection.execute(statement("event_disagreements"), batch).fetchall()
        if differing:
            raise DisagreementError({path for (path,) in differing})
        connection.execute(statement("event_repeats"))
        connection.execute(statement("event_quarantine"), batch)

    def _parsed(self) -> list[str]:
        readable = (str(each.path) for each in self.arrivals if each.bytes and not each.refusal)
        return [path for path in readable if path not in self.as_text]

    def _with_copies(self, connection: duckdb.DuckDBPyConnection) -> list[str]:
        found = connection.execute("select distinct path from event_same_instant").fetchall()
        with_copies = {path for (path,) in found}
        return [path for path in self._parsed() if path in with_copies]

    def _read_identifying_fields(self, connection: duckdb.DuckDBPyConnection) -> None:
        if not (paths := self._parsed()):
            return
        try:
            connection.execute(statement("event_arrivals"), {"paths": paths})
        except duckdb.Error:
            # Some bytes stop DuckDB's reader in spite of ignore_errors: only their file suffers.
            for path in paths:
                try:
                    connection.execute(statement("event_arrivals"), {"paths": [path]})
                except duckdb.Error:
                    self.as_text.add(path)

    def _doubtful(self, connection: duckdb.DuckDBPyConnection) -> list[str]:
        refused = connection.execute(
            "select distinct path from event_arrivals where refusal is not null"
        ).fetchall()
        stray = (str(each.path) for each in self.arrivals if each.has_stray_tail)
        return sorted({path for (path,) in refused} | (set(stray) - self.as_text))

    def _read_as_text(self, connection: duckdb.DuckDBPyConnection, path: str) -> None:
        connection.execute("delete from event_arrivals where path = ?", [path])
        connection.execute("delete from event_lines where path = ?", [path])
        self.as_text.add(path)
