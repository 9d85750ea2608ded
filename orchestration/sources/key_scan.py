"""The keys that a table has now, beside the records that earlier readings of it brought."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import pyarrow as pa

from orchestration.sources.arrivals import completed_loads, load_of
from orchestration.sources.statements import statement
from orchestration.warehouse import connect

_PRESENT = pa.schema([("record_id", pa.string()), ("is_read", pa.bool_())])
_NOTHING = (
    "create temp table landed (record_id text, updated_at text, is_deleted bool, is_gone bool)"
)


class KeyScan(AbstractContextManager["KeyScan"]):
    """Hand over all keys with `saw`, then ask what is `gone` and what is `unread`.

    `landed` is a table's folder of the landing zone; `scratch` a file, gone at the end.
    """

    def __init__(self, landed: Path, scratch: Path) -> None:
        self._scratch = scratch
        self._stack = ExitStack()
        self._connection = self._stack.enter_context(connect(scratch))
        completed = completed_loads(landed.parent)
        files = [str(path) for path in landed.glob("*.parquet") if load_of(path) in completed]
        if files:
            self._connection.execute(statement("landed_keys"), {"files": files})
        else:
            self._connection.execute(_NOTHING)
        self._connection.execute("create temp table present (record_id text, is_read bool)")

    def __exit__(self, *failure: object) -> None:
        """Close and remove the scratch file."""
        self._stack.close()
        self._scratch.unlink(missing_ok=True)

    def saw(self, keys: Sequence[tuple[str, bool]]) -> None:
        """Keys of the table, and whether this reading has read their rows."""
        chunk = pa.Table.from_pylist(
            [{"record_id": record_id, "is_read": is_read} for record_id, is_read in keys],
            schema=_PRESENT,
        )
        self._connection.register("chunk", chunk)
        self._connection.execute("insert into present select * from chunk where record_id != ''")
        self._connection.unregister("chunk")

    @property
    def is_emptied(self) -> bool:
        """Whether there is no key any more of all that were read."""
        found = self._connection.execute(
            "select count(*) > 0 and (select count(*) = 0 from present) from landed"
            " where not is_deleted"
        ).fetchall()
        return bool(found[0][0])

    def taken_for_deleted(self) -> set[str]:
        """Records of which an earlier scan found that they are there no more."""
        found = self._connection.execute("select record_id from landed where is_gone").fetchall()
        return {record_id for (record_id,) in found}

    def gone(self, now: str) -> list[tuple[str, str]]:
        """Records that are there no more, with the moment that their deletion is given."""
        return self._connection.execute(statement("gone_keys"), {"now": now}).fetchall()

    def unread(self) -> dict[str, bool]:
        """Records that were not read though they are there; true for those taken for deleted."""
        return dict(self._connection.execute(statement("unread_keys")).fetchall())
