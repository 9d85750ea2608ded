"""Plans a run: SQL compares the audience with the ledger, and the bodies are spooled."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from orchestration.activation.declaration import Sync
from orchestration.activation.ledger import published_at, statement
from orchestration.activation.receipt import Plan
from orchestration.warehouse import Home

ONE_BATCH = 2**62
DOORWAYS = {
    "customers.consents": {"customer_id", "purpose", "channel", "is_granted"},
    "segments.segment_members": {"segment", "customer_id"},
}


class NotPlanned(Exception):
    """The run must not send: `plan` says why (`held` or `refused`), and counts if it could."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan.reason)
        self.plan = plan


@dataclass(frozen=True)
class Columns:
    """The mapped columns of the model, by destination field, with their DuckDB types."""

    types: dict[str, str]

    def as_json(self, sync: Sync) -> str:
        """Arguments of json_object, in the order of the field names; timestamps as ISO 8601."""
        return ", ".join(
            f"{_literal(field)}, {self._value(field, sync.map[field])}"
            for field in sorted(sync.map)
        )

    def _value(self, field: str, column: str) -> str:
        if self.types[field].startswith("TIMESTAMP"):
            return f"strftime(cast({_quoted(column)} as timestamp), '%Y-%m-%dT%H:%M:%SZ')"
        return _quoted(column)


def attach(connection: duckdb.DuckDBPyConnection, sync: Sync, home: Home) -> Columns:
    """Attaches the publication as `serving`; raises NotPlanned if it lacks what the sync needs."""
    if published_at(home) is None:
        raise _refused(sync, f"{home.serving.name} is missing: nothing has been published yet")
    connection.execute(f"attach {_literal(str(home.serving))} as serving (read_only)")
    model = f"{sync.room}.{sync.model}"
    needed = {**DOORWAYS, model: {sync.key, *sync.map.values()}}
    published = _published(connection)
    for relation, columns in needed.items():
        if relation not in published:
            raise _refused(sync, f"{relation} is not published; is the model public and built?")
        if missing := columns - set(published[relation]):
            listed = ", ".join(sorted(missing))
            raise _refused(sync, f"{relation} has no {listed}; correct map or key in {sync.file}")
    if published["customers.consents"]["is_granted"] != "BOOLEAN":
        raise _refused(sync, "customers.consents.is_granted is not boolean")
    return Columns({field: published[model][column] for field, column in sync.map.items()})


def plan(connection: duckdb.DuckDBPyConnection, sync: Sync, columns: Columns) -> Plan:
    """Leaves the rows to send in temporary tables and counts them; writes nothing that stays.

    Raises NotPlanned if keys are not unique or a guard holds the sync.
    """
    _declare(connection, sync)
    connection.execute(
        statement("audience").format(
            key=_quoted(sync.key),
            match=_quoted(sync.match_column),
            fields=columns.as_json(sync),
            model=_relation(sync),
        )
    )
    offenders, sample = _row(connection, statement("keys")).values()
    if offenders:
        words = f"{offenders} values of {sync.key} do not name exactly one row, e.g. {sample}"
        raise _refused(sync, f"{words}; make {sync.room}.{sync.model} unique by it")
    connection.execute(statement("diff"))
    planned = Plan(sync=sync.name, status="planned", **_row(connection, statement("counts")))
    if reason := _guarded(sync, planned):
        raise NotPlanned(replace(planned, status="held", reason=reason))
    return planned


def spool(
    connection: duckdb.DuckDBPyConnection, sync: Sync, path: Path, file_options: str | None
) -> None:
    """Writes what travels: batches of rows, or with `file_options` of COPY the whole audience."""
    if file_options is None:
        connection.execute(statement("spool").format(spool=path))
        return
    fields = ", ".join(f"{_quoted(sync.map[field])} as {_quoted(field)}" for field in sync.map)
    connection.execute(
        statement("publication").format(
            fields=fields,
            model=_relation(sync),
            key=_quoted(sync.key),
            spool=path,
            options=file_options,
        )
    )


def _declare(connection: duckdb.DuckDBPyConnection, sync: Sync) -> None:
    whole = sync.destination == "file"
    for name, value in {
        "sync": sync.name,
        "segment": sync.segment,
        # Without a purpose there is no yes to find: everybody is withheld.
        "purpose": sync.consent and sync.consent.purpose,
        "channel": sync.consent and sync.consent.channel,
        "takes_leavers_back": sync.takes_leavers_back,
        "batch_size": ONE_BATCH if whole else sync.batch,
    }.items():
        connection.execute(f"set variable {name} = $value", {"value": value})


def _guarded(sync: Sync, planned: Plan) -> str | None:
    limit = sync.guards.max_removed_share
    if planned.known and planned.removed / planned.known > limit:
        return (
            f"would remove {planned.removed} of {planned.known} rows; if that is meant, raise "
            f"guards.max_removed_share ({limit}) in {sync.file}"
        )
    first = sync.guards.max_first_run
    if first is not None and not planned.known and planned.added > first:
        return (
            f"a first run would send {planned.added} rows; if that is meant, raise "
            f"guards.max_first_run ({first}) in {sync.file}"
        )
    return None


def _refused(sync: Sync, reason: str) -> NotPlanned:
    return NotPlanned(Plan(sync=sync.name, status="refused", reason=reason))


def _published(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    relations: dict[str, dict[str, str]] = {}
    for column, kind, relation in connection.execute(statement("published")).fetchall():
        relations.setdefault(relation, {})[column] = kind
    return relations


def _row(connection: duckdb.DuckDBPyConnection, sql: str) -> dict[str, Any]:
    cursor = connection.execute(sql)
    names = [column[0] for column in cursor.description or ()]
    return dict(zip(names, cursor.fetchone() or (), strict=True))


def _relation(sync: Sync) -> str:
    return f"{_quoted(sync.room)}.{_quoted(sync.model)}"


def _quoted(name: str) -> str:
    escaped = name.replace('"', '""')
    return f'"{escaped}"'


def _literal(text: str) -> str:
    escaped = text.replace("'", "''")
    return f"'{escaped}'"
