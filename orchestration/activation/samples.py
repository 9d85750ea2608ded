"""A look at what a plan would send: a few rows of each kind, masked unless asked otherwise."""

import json
from dataclasses import dataclass

import duckdb

from orchestration.activation.columns import Columns, quoted
from orchestration.activation.declaration import Sync
from orchestration.activation.ledger import statement
from orchestration.masking import masked

PER_OPERATION = 3


@dataclass(frozen=True)
class Sample:
    """One row that would travel; `fields` is empty for a removal."""

    operation: str
    match: str
    fields: dict[str, str]


def samples(
    connection: duckdb.DuckDBPyConnection, sync: Sync, columns: Columns, *, show_values: bool
) -> tuple[Sample, ...]:
    """Rows of the plan that `connection` holds, in the order in which they would travel."""
    sql = statement("samples").format(
        fields=columns.as_json(sync, "model"),
        model=f"{quoted(sync.room)}.{quoted(sync.model)}",
        key=quoted(sync.key),
    )
    found = connection.execute(sql, {"most": PER_OPERATION}).fetchall()
    return tuple(
        Sample(operation, _shown(match, show_values), _fields(fields, show_values))
        for operation, match, fields in found
    )


def _fields(fields: str | None, show_values: bool) -> dict[str, str]:
    content = json.loads(fields) if fields else {}
    return {name: _shown(value, show_values) for name, value in content.items()}


def _shown(value: object, show_values: bool) -> str:
    if value is None:
        return "null"
    text = value if isinstance(value, str) else json.dumps(value)
    return text if show_values else masked(text)
