"""Plans a run: SQL compares the audience with the ledger, and the bodies are spooled."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

from orchestration.activation.columns import Columns, literal, quoted
from orchestration.activation.declaration import Sync
from orchestration.activation.guards import Approved, tripped
from orchestration.activation.ledger import declare, published_at, reading, statement
from orchestration.activation.receipt import Plan
from orchestration.warehouse import Home

ONE_BATCH = 2**62
CONSENTS = "customers.consents"
PRESSURE = "activation.contact_pressure"
DOORWAYS = {
    CONSENTS: {"customer_id", "purpose", "channel", "is_granted"},
    "segments.segment_members": {"segment", "customer_id"},
    "identity.customer_ids": {"own_customer_id", "customer_id"},
    "identity.customer_id_history": {"old_customer_id", "new_customer_id", "identifiers"},
    PRESSURE: {"sync", "channel", "priority", "most_contacts", "period_days"},
}


class NotPlanned(Exception):
    """The run must not send: `plan` says why (`held` or `refused`), and counts if it could."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan.reason)
        self.plan = plan


def attach(connection: duckdb.DuckDBPyConnection, sync: Sync, home: Home) -> Columns:
    """Attaches the publication as `serving`; raises NotPlanned if it lacks what the sync needs."""
    if published_at(home) is None:
        raise _refused(sync, f"{home.serving.name} is missing: nothing has been published yet")
    connection.execute(f"attach {literal(str(home.serving))} as serving (read_only)")
    model = f"{sync.room}.{sync.model}"
    needed = {**DOORWAYS, model: {sync.key, *sync.map.values()}}
    published = _published(connection)
    for relation, columns in needed.items():
        if relation not in published:
            raise _refused(sync, f"{relation} is not published; is the model public and built?")
        if missing := columns - set(published[relation]):
            listed = ", ".join(sorted(missing))
            raise _refused(sync, f"{relation} has no {listed}; correct map or key in {sync.file}")
    if published[CONSENTS]["is_granted"] != "BOOLEAN":
        raise _refused(sync, f"{CONSENTS}.is_granted is not boolean")
    return Columns({field: published[model][column] for field, column in sync.map.items()})


def plan(
    connection: duckdb.DuckDBPyConnection, sync: Sync, columns: Columns, home: Home, run_id: str
) -> Plan:
    """Leaves the rows to send in temporary tables and counts them; writes nothing that stays.

    The ledger is open only while what is needed of it is copied. Raises NotPlanned if keys are not
    unique or a guard holds the sync.
    """
    _declare(connection, sync, run_id)
    _answered_for(connection, sync)
    with reading(connection, home):
        connection.execute(statement("snapshot"))
    names = {
        "key": quoted(sync.key),
        "match": quoted(sync.match_column),
        "model": _relation(sync),
    }
    fields = columns.as_json(sync, "model")
    connection.execute(statement("audience").format(fields=fields, **names))
    offenders, sample = _row(connection, statement("keys")).values()
    if offenders:
        words = f"{offenders} values of {sync.key} do not name exactly one row, e.g. {sample}"
        raise _refused(sync, f"{words}; make {sync.room}.{sync.model} unique by it")
    connection.execute(statement("diff"))
    connection.execute(statement("changes").format(**names))
    connection.execute(statement("pressure"))
    connection.execute(statement("batched"))
    return _guarded(connection, sync)


def spool(
    connection: duckdb.DuckDBPyConnection,
    sync: Sync,
    columns: Columns,
    path: Path,
    file_options: str | None,
) -> None:
    """Writes the outbox: the rows that travel, and what the ledger will want to know of them.

    With `file_options` of COPY they travel as one file with the whole audience, which is `path`.
    """
    names = {"key": quoted(sync.key), "model": _relation(sync)}
    outbox = path.with_suffix(".outbox")
    if file_options is None:
        fields = columns.as_json(sync, "model")
        connection.execute(statement("spool").format(fields=fields, outbox=outbox, **names))
        return
    connection.execute(statement("outbox").format(outbox=outbox))
    fields = ", ".join(f"{quoted(sync.map[field])} as {quoted(field)}" for field in sync.map)
    connection.execute(
        statement("publication").format(fields=fields, options=file_options, spool=path, **names)
    )


def _declare(connection: duckdb.DuckDBPyConnection, sync: Sync, run_id: str) -> None:
    pressing = connection.execute(statement("pressing"), {"sync": sync.name}).fetchall()
    declare(
        connection,
        run_id=run_id,
        sync=sync.name,
        target=sync.target,
        is_retired=sync.is_retired,
        segment=sync.segment,
        # Without a purpose there is no yes to find: everybody is withheld.
        purpose=sync.consent and sync.consent.purpose,
        channel=sync.consent and sync.consent.channel,
        takes_leavers_back=sync.takes_leavers_back,
        removal=sync.removal,
        only_adds=sync.mode in ("insert", "append"),
        is_known_by_key=sync.match is None,
        forgets_leavers=sync.mode == "append",
        batch_size=ONE_BATCH if sync.offer.is_whole else sync.batch,
        longest_period=max((days for _, days in pressing), default=0),
        pressing_peers=[name for name, _ in pressing],
    )
    connection.execute("create or replace temp table peers (sync varchar, segment varchar)")
    for name, segment in sync.peers:
        connection.execute("insert into peers values (?, ?)", [name, segment])


def _guarded(connection: duckdb.DuckDBPyConnection, sync: Sync) -> Plan:
    counts = _row(connection, statement("counts"))
    approval = (counts.pop("approved_added"), counts.pop("approved_removed"))
    stranded, loss = counts.pop("stranded"), counts.pop("loss")
    planned = Plan(sync=sync.name, status="planned", **counts)
    if stranded:
        reason = (
            f"{stranded:,} rows are held where it was sent before object, match, options or mode "
            f"were changed in {sync.file}; set those back and is_retired: true to take them back, "
            f"or `kith sync forget {sync.name}` to leave them there for ever"
        )
        raise NotPlanned(replace(planned, status="held", reason=reason))
    reason = loss or tripped(sync, planned) or ""
    if reason and not (None not in approval and Approved(*approval).covers(planned)):
        raise NotPlanned(replace(planned, status="held", reason=reason))
    if planned.withheld == planned.audience > 0:
        return replace(planned, reason=_nobody_may_be_sent(sync))
    return planned


def _nobody_may_be_sent(sync: Sync) -> str:
    if sync.consent is None:
        return f"{sync.file} declares no consent, so nobody is sent"
    return f"nobody of them said yes to {sync.consented}"


def _answered_for(connection: duckdb.DuckDBPyConnection, sync: Sync) -> None:
    """Raises NotPlanned if people were asked, and never for what the sync asks for: a misspelling
    would look as if everybody had withdrawn."""
    asked = connection.execute(statement("asked_for")).fetchall()
    if sync.consent and asked and not any(is_meant for _, _, is_meant in asked):
        known = ", ".join(f"{purpose} by {channel}" for purpose, channel, _ in asked)
        words = f"nobody was ever asked for {sync.consented}; correct consent in {sync.file}"
        raise _refused(sync, f"{words}: there is {known}")


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
    return f"{quoted(sync.room)}.{quoted(sync.model)}"
