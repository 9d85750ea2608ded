"""The tracking plan in the load: new messages are checked, held ones again when it changes."""

from collections.abc import Iterable

import duckdb
import pyarrow as pa

from orchestration.sources.statements import statement
from orchestration.tracking import EventPlan

_COLUMNS = (
    *("event_name", "mode", "part", "elements", "parent"),
    *("path", "location", "keyword", "argument"),
)
_RULES = pa.schema([(column, pa.string()) for column in _COLUMNS])


def take_up_plan(connection: duckdb.DuckDBPyConnection, plan: Iterable[EventPlan]) -> int:
    """Let a changed plan count, in one transaction; returns how many held messages it released."""
    connection.execute(statement("tracking_tables"))
    connection.execute(statement("tracking_macros"))
    rules = [
        {"event_name": event.event_name, "mode": event.mode, **vars(rule)}
        for event in plan
        for rule in event.rules
    ]
    connection.register("tracking_plan_read", pa.Table.from_pylist(rules, schema=_RULES))
    connection.execute("begin")
    try:
        released = _replay(connection)
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")
    connection.unregister("tracking_plan_read")
    return released


def check_batch(connection: duckdb.DuckDBPyConnection, batch_id: int) -> None:
    """Look at what a batch brought, and hold what is in quarantine; within its transaction."""
    connection.execute("set variable batch_id = ?", [batch_id])
    connection.execute(statement("tracking_events_of_batch"))
    _check(connection, batch_id)
    connection.execute(statement("tracking_hold"))


def _replay(connection: duckdb.DuckDBPyConnection) -> int:
    (held,) = connection.execute(statement("tracking_take_up")).fetchall()[0]
    if not held:
        return 0
    _check(connection, None)
    (released,) = connection.execute(statement("tracking_release")).fetchall()[0]
    return int(released)


def _check(connection: duckdb.DuckDBPyConnection, batch_id: int | None) -> None:
    """Fill `tracking_found` with what is wrong in the messages of a batch; None: in those held."""
    connection.execute("delete from tracking_found")
    batch = {} if batch_id is None else {"batch_id": batch_id}
    for event_name, part, elements, *columns in connection.execute(
        statement("tracking_groups")
    ).fetchall():
        group = {"event_name": event_name, "part": part, "elements": elements}
        rules = list(zip(*columns, strict=True))
        paths = list(dict.fromkeys(path for _, _, *both, _ in rules for path in both if path))
        arguments = {f"argument_{number}": argument for number, *_, argument in rules}
        conditions = [_condition(paths, *rule[:4]) for rule in rules]
        text = statement("tracking_check").format(
            of_batch="batch_id = $batch_id" if batch else "batch_id is null",
            conditions=",\n        ".join(conditions),
            columns=", ".join(f"rule_{number}" for number, *_ in rules),
        )
        connection.execute(text, {**batch, **group, "paths": paths, **arguments})


def _condition(paths: list[str], number: int, keyword: str, path: str, parent: str | None) -> str:
    """The column that has the rule's number if the value at its path breaks it."""
    place = paths.index(path) + 1
    above = f"types[{paths.index(parent) + 1}]" if parent else "'OBJECT'"
    return (
        f"case when breaks_{keyword}(types[{place}], texts[{place}], {above}, document, "
        f"$paths[{place}], $argument_{number}) then {number} end as rule_{number}"
    )
