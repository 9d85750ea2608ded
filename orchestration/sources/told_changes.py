"""Lists that tell no change: everything once, and from then on what the vendor says happened."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from orchestration.sources import full_scan
from orchestration.sources.description import Object, Read, Scan
from orchestration.sources.id_scan import Scan as Landed
from orchestration.sources.json_values import utc_text
from orchestration.sources.vendor import OVERLAP, Cursor, Row

Reading = Callable[[Iterable[Read], datetime | None], Iterator[Row]]
# The position of a quiet table moves so often, and no state is written in between.
QUIET = timedelta(days=1)


def rows(
    wanted: Object, read: Reading, state: dict[str, Any], cursor: Cursor, landed: Landed | None
) -> Iterator[Row]:
    """Changes since the last reading began, or everything if they do not reach back to it.

    `read` asks requests for what changed since a moment. Raises VendorError if the vendor cannot
    be read, or if not one record is left.
    """
    changes = wanted.changes
    since = cursor.since
    if changes and since and cursor.started - since < timedelta(days=changes.days):
        yield from newest(cursor.saw(read(changes.reads, since)))
        if not cursor.has_seen and cursor.started - since < QUIET:
            return
    else:
        # A list does not say when a record changed. Whatever is said to happen later is newer.
        listed = utc_text(cursor.started - OVERLAP)
        everything = (each | {"updated_at": listed} for each in read(wanted.reads, None))
        if landed is None:
            yield from everything
        else:
            every = Scan(hours=24, can_be_empty=since is None)
            yield from full_scan.reconciled(state, landed, everything, every)
    cursor.advance(cursor.started)


def newest(rows: Iterable[Row]) -> Iterator[Row]:
    """The first row of each record: vendors tell the newest change first, in whole seconds."""
    seen: set[str] = set()
    for each in rows:
        if each["record_id"] not in seen:
            seen.add(each["record_id"])
            yield each
