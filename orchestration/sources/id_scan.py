"""What a vendor deleted without a word: once a week all its ids are compared with what landed."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, TypeVar

from orchestration.sources.json_values import utc_text
from orchestration.sources.key_scan import KeyScan
from orchestration.sources.vendor import Row, VendorError, row

EVERY = timedelta(days=7)
# So few may all be deleted at once, as the members of the only campaign.
FEW = 100
_IDS_A_CHUNK = 5_000
_IDS_A_QUESTION = 100

Item = TypeVar("Item")
Scan = Callable[[], AbstractContextManager[KeyScan]]


def reconciled(
    title: str,
    state: dict[str, Any],
    scan: Scan | None,
    ids: Callable[[], Iterable[str]],
    read: Callable[[list[str]], Iterable[Row]],
) -> Iterator[Row]:
    """Deletions of records that are gone, and records that are there and never landed.

    `ids` are all that the vendor has now; `read` gives the present versions of those of some ids
    that are still there. Nothing is asked where the last scan was less than a week ago. Raises
    VendorError, which names the `title`, if of more than a few records not one is left: then a
    permission was lost rather than everything deleted.
    """
    now = datetime.now(UTC)
    last = state.setdefault("scanned", now.isoformat())
    if scan is None or now - datetime.fromisoformat(last) < EVERY:
        return
    with scan() as keys:
        for chunk in chunks(ids(), _IDS_A_CHUNK):
            keys.saw([(each, False) for each in chunk])
        missing = keys.gone(utc_text(now))
        if keys.is_emptied and len(missing) > FEW:
            raise VendorError(f"{title} shows not one of {len(missing)} records that were read")
        for gone in chunks(missing, _IDS_A_QUESTION):
            # A listing may lag behind; only what cannot be read by its id either is gone.
            found = read([record_id for record_id, _ in gone])
            still = {each["record_id"] for each in found if not each["is_deleted"]}
            for record_id, deleted_at in gone:
                if record_id not in still:
                    yield row({}, record_id, deleted_at, is_deleted=True)
        unread = keys.unread()
        for chunk in chunks(unread, _IDS_A_QUESTION):
            for each in read(chunk):
                # What was taken for deleted and is back is newer than its deletion.
                is_back = unread.get(each["record_id"], False)
                yield each | ({"updated_at": utc_text(now)} if is_back else {})
    state["scanned"] = now.isoformat()


def chunks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """The items in lists of at most this size."""
    found = iter(items)
    while chunk := list(islice(found, size)):
        yield chunk
