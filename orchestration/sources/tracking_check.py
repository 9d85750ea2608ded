"""The tracking plan in the load: new messages are checked, held ones again when it changes."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import duckdb
import pyarrow as pa

from orchestration.sources.statements import statement, without
from orchestration.tracking import PARTS, EventPlan

_COLUMNS = (
    *("event_name", "mode", "part", "elements", "parent"),
    *("path", "location", "keyword", "argument"),
)
# A statement grows with each, and so does the time that it is planned in.
GROUPS_AT_ONCE = 50
# The elements of arrays within a part, each a document of its own.
ELEMENTS = "unnest(cast(json_extract(part, $elements_{group}) as json []))"
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
    rows = connection.execute(statement("tracking_groups")).fetchall()
    groups = [_Group(number, *row) for number, row in enumerate(rows)]
    for first in range(0, len(groups), GROUPS_AT_ONCE):
        some = groups[first : first + GROUPS_AT_ONCE]
        events = {
            f"events_by_{part}": [group.event_name for group in some if group.part == part]
            for part in PARTS
        }
        text = statement("tracking_check").format(
            of_batch="batch_id = $batch_id" if batch else "batch_id is null",
            groups="\nunion all\n".join(group.statement for group in some),
        )
        of_groups = {name: value for group in some for name, value in group.parameters.items()}
        # The few that break a rule would be looked for below the parse, and all parsed once more.
        with without(connection, "filter_pushdown"):
            connection.execute(text, {**batch, **events, **of_groups})


@dataclass(frozen=True)
class _Group:
    """Rules that are checked together, listed by `tracking_groups`; lists have a value a rule."""

    number: int
    event_name: str
    part: str
    elements: str | None
    rules: list[int]
    keywords: list[str]
    paths: list[str]
    parents: list[str | None]
    arguments: list[str | None]

    @property
    def statement(self) -> str:
        """A select of what breaks its rules."""
        each = zip(self.rules, self.keywords, self.paths, self.parents, strict=True)
        return statement("tracking_check_group").format(
            group=self.number,
            part=self.part,
            document=ELEMENTS.format(group=self.number) if self.elements else "part",
            conditions=",\n            ".join(self._condition(*rule) for rule in each),
            columns=", ".join(f"rule_{rule}" for rule in self.rules),
        )

    @property
    def parameters(self) -> dict[str, object]:
        """What the statement names with a dollar sign."""
        values: dict[str, object] = {
            f"event_{self.number}": self.event_name,
            f"paths_{self.number}": self._places,
        }
        if self.elements:
            values[f"elements_{self.number}"] = self.elements
        for rule, argument in zip(self.rules, self.arguments, strict=True):
            values[f"argument_{rule}"] = argument
        return values

    @cached_property
    def _places(self) -> list[str]:
        """All paths that are looked at, each once."""
        return list(dict.fromkeys(path for path in (*self.paths, *self.parents) if path))

    def _condition(self, rule: int, keyword: str, path: str, parent: str | None) -> str:
        """The column that has the rule's number if the value at its path breaks it."""
        place = self._places.index(path) + 1
        above = f"types[{self._places.index(parent) + 1}]" if parent else "'OBJECT'"
        return (
            f"case when breaks_{keyword}(types[{place}], texts[{place}], {above}, document, "
            f"$paths_{self.number}[{place}], $argument_{rule}) then {rule} end as rule_{rule}"
        )
