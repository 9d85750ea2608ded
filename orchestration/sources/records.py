"""Records into `raw.<source>_<table>`: dlt's completed loads, and the files that others drop."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import duckdb
import pyarrow as pa

from orchestration.sources.arrivals import Arrival
from orchestration.sources.csv_rows import csv_rows
from orchestration.sources.declaration import Declaration, EventFiles, RecordFiles
from orchestration.sources.excel_rows import excel_rows
from orchestration.sources.headed_rows import RefusedFileError, Row
from orchestration.sources.statements import statement

_ROWS_A_CHUNK = 10_000
_SCHEMA = pa.schema(
    [
        ("line_number", pa.int64()),
        ("record", pa.string()),
        ("refusal", pa.string()),
        ("line", pa.string()),
    ]
)


@dataclass(frozen=True)
class RecordIntake:
    """The new record files of one load: `stage` before the transaction, `write` within it."""

    arrivals: list[Arrival]

    def stage(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Read the new files and find the versions that differ from the one before them."""
        for arrival in self.arrivals:
            if arrival.refusal or not arrival.bytes:
                continue
            try:
                _read(connection, arrival)
            except duckdb.Error:
                _refuse(connection, arrival, "unreadable file")
            except RefusedFileError as refused:
                _refuse(connection, arrival, str(refused))
        for table in sorted({each.declaration.identifier for each in self.arrivals}):
            connection.execute(statement("record_versions", table=table))

    def write(self, connection: duckdb.DuckDBPyConnection, batch_id: int) -> None:
        """Append the new versions, the fields they are the first to show, and the refused rows."""
        for table in sorted({each.declaration.identifier for each in self.arrivals}):
            connection.execute(statement("record_append", table=table), {"batch_id": batch_id})
        connection.execute(statement("record_fields"), {"batch_id": batch_id})
        connection.execute(statement("record_quarantine"), {"batch_id": batch_id})


def create_record_tables(
    connection: duckdb.DuckDBPyConnection, declarations: list[Declaration]
) -> None:
    """An empty raw table for every declared one, so that dbt can read what has no files yet."""
    for declaration in declarations:
        if not isinstance(declaration.collect, EventFiles):
            connection.execute(statement("record_table", table=declaration.identifier))


def _refuse(connection: duckdb.DuckDBPyConnection, arrival: Arrival, refusal: str) -> None:
    path = str(arrival.path)
    connection.execute("delete from record_arrivals where path = ?", [path])
    connection.execute("update arrived_files set refusal = ? where path = ?", [refusal, path])


def _read(connection: duckdb.DuckDBPyConnection, arrival: Arrival) -> None:
    bound: dict[str, object] = {
        "raw_table": arrival.declaration.identifier,
        "path": str(arrival.path),
    }
    collect = arrival.declaration.collect
    if not isinstance(collect, RecordFiles):
        connection.execute(statement("record_load"), bound)
        return
    suffix = arrival.path.suffix.lower()
    if suffix == ".csv":
        _stage(connection, csv_rows(arrival.path, collect.key))
    elif suffix == ".xlsx":
        _stage(connection, excel_rows(arrival.path, collect.sheet, collect.key))
    else:
        connection.execute(statement("parquet_rows"), {"path": str(arrival.path)})
    bound["key_paths"] = [f'$."{column}"' for column in collect.key]
    bound["modified_at"] = arrival.path.stat().st_mtime_ns // 1000
    connection.execute(statement("record_rows"), bound)


def _stage(connection: duckdb.DuckDBPyConnection, rows: Iterator[Row]) -> None:
    connection.execute(statement("file_rows"))
    while chunk := list(islice(rows, _ROWS_A_CHUNK)):
        connection.register("chunk", pa.Table.from_pylist(chunk, schema=_SCHEMA))
        connection.execute("insert into file_rows select * from chunk")
        connection.unregister("chunk")
