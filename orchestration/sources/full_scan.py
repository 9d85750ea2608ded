"""What a vendor's lists do not tell: so often all is read, and what is missing was deleted."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from orchestration.sources.description import Scan
from orchestration.sources.id_scan import Scan as Landed
from orchestration.sources.id_scan import chunks
from orchestration.sources.json_values import utc_text
from orchestration.sources.vendor import Row, VendorError, row

_ROWS_A_CHUNK = 5_000


def is_due(state: dict[str, Any], hours: int) -> bool:
    """Whether the last scan was so many hours ago, or never."""
    last = state.get("scanned")
    return last is None or datetime.now(UTC) - datetime.fromisoformat(last) >= timedelta(
        hours=hours
    )


def reconciled(
    state: dict[str, Any], landed: Landed, everything: Iterator[Row], scan: Scan
) -> Iterator[Row]:
    """All records that a vendor has, then deletions of those that landed and are not among them.

    Raises VendorError if none is left of what cannot be empty.
    """
    now = utc_text(datetime.now(UTC))
    with landed() as keys:
        lost = keys.taken_for_deleted()
        for chunk in chunks(everything, _ROWS_A_CHUNK):
            keys.saw([(each["record_id"], True) for each in chunk])
            for each in chunk:
                is_back = each["record_id"] in lost and not each["is_deleted"]
                # What was taken for deleted and is back is newer than its deletion.
                yield each | ({"updated_at": now} if is_back else {})
        if keys.is_emptied and not scan.can_be_empty:
            raise VendorError("not one record is left of all that were read")
        for record_id, deleted_at in keys.gone(now):
            yield row({}, record_id, deleted_at, is_deleted=True)
    state["scanned"] = now
