"""Without a variable of the environment nothing is sent, and the receipt names it."""

import pytest

from orchestration.activation.declaration import Sync
from orchestration.activation.run import sync
from orchestration.destinations import build, kinds, offer, unset
from orchestration.warehouse import Home
from tests.activation_world import file_sync, webhook_sync
from tests.destinations.test_every_destination import CASES

BUCKET = {"bucket": "b", "format": "csv"}
SYNCS: dict[str, Sync] = {
    **{str(case.sync["destination"]): case.declared() for case in CASES},
    "webhook": webhook_sync(),
    "file": file_sync(),
    "s3": file_sync(destination="s3", options=BUCKET),
    "optimove": file_sync(destination="optimove", options={"bucket": "b", "folder": "in"}),
    "postgres": webhook_sync(destination="postgres", match="email", options={"table": "a.b"}),
}


@pytest.mark.parametrize("kind", kinds())
def test_a_kind_is_reached_with_all_that_it_names_and_with_nothing_less(
    kind: str, home: Home
) -> None:
    names = offer(kind).variables
    given = {name: "http://127.0.0.1:1" for name in names}
    assert build(SYNCS[kind], home, given) is not None
    for name in names:
        lacking = given | {name: ""}
        assert build(SYNCS[kind], home, lacking) is None
        assert unset(SYNCS[kind], lacking) == [name]


def test_a_sync_without_credentials_is_skipped_and_names_all_that_is_missing(home: Home) -> None:
    receipt = sync(webhook_sync(), home, {})
    assert (receipt.status, receipt.reason) == (
        "skipped",
        "no credentials: WEBHOOK_URL, WEBHOOK_SECRET not set",
    )
