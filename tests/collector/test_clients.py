"""The clients that people use deliver through the collector and the load into `raw.events`."""

import errno
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import segment.analytics.client as segment
from rudderstack.analytics.client import Client as RudderClient

from orchestration.sources.declaration import Declaration
from orchestration.sources.intake import load
from orchestration.warehouse import Home, connect
from tests.collector.room import KEY, Room, landed, serving, until

EVENTS = Declaration.model_validate(
    {
        "source": "events",
        "table": "messages",
        "identifier": "events",
        "collect": {"kind": "event_files", "path": "events"},
    }
)


def speak(client: Any) -> None:  # noqa: ANN401 - two libraries with the same methods
    """One message of each kind, as a shop's server would send them."""
    client.identify("u_1", {"email": "ann@example.com"})
    client.track("u_1", "Order Completed", {"order_id": "o_1", "total": 19.99})
    client.page("u_1", "shop", "Home", {"path": "/"})
    client.screen("u_1", "app", "Start")
    client.group("u_1", "g_1", {"name": "Example GmbH"})
    client.alias("anonymous", "u_1")
    for number in range(250):
        client.track("u_2", "Product Viewed", {"product_id": f"p_{number}"})
    client.flush()
    client.join()


def by_segment(room: Room, failures: list[object]) -> Any:  # noqa: ANN401 - untyped library
    return segment.Client(KEY, host=str(room.client.base_url), on_error=note(failures))


def by_segment_packed(room: Room, failures: list[object]) -> Any:  # noqa: ANN401 - untyped library
    address = str(room.client.base_url)
    return segment.Client(KEY, host=address, on_error=note(failures), gzip=True)


def by_rudder(room: Room, failures: list[object]) -> Any:  # noqa: ANN401 - untyped library
    return RudderClient(KEY, host=str(room.client.base_url), on_error=note(failures))


def note(failures: list[object]) -> Callable[..., None]:
    return lambda *failure: failures.append(failure)


@pytest.mark.parametrize("client", [by_segment, by_segment_packed, by_rudder])
def test_every_message_of_a_real_client_becomes_an_event(
    tmp_path: Path, client: Callable[[Room, list[object]], Any]
) -> None:
    failures: list[object] = []
    with serving(tmp_path) as room:
        speak(client(room, failures))
    assert failures == []
    home = Home(tmp_path)
    [taken_up] = load(home, [EVENTS]).tables
    assert (taken_up.loaded, taken_up.duplicates, taken_up.quarantined) == (256, 0, 0)
    assert load(home, [EVENTS]).batch_id is None
    with connect(home.warehouse) as connection:
        kinds = connection.execute(
            "select type, count(*) from raw.events group by type order by type"
        ).fetchall()
        assert dict(kinds) == {
            "alias": 1, "group": 1, "identify": 1, "page": 1, "screen": 1, "track": 251
        }  # fmt: skip
        order = connection.execute(
            """
            select user_id, properties ->> 'total', sent_at is not null, received_at is not null,
                context ->> '$.collector.source', coalesce(event_timestamp, original_timestamp)
            from raw.events where event = 'Order Completed'
            """
        ).fetchone()
    assert order is not None
    assert order[:5] == ("u_1", "19.99", True, True, "website")
    assert order[5] is not None


def test_a_client_tries_again_while_the_disk_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_full = threading.Event()
    is_full.set()
    sync = os.fdatasync

    def failing(descriptor: int) -> None:
        if is_full.is_set():
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        sync(descriptor)

    monkeypatch.setattr(os, "fdatasync", failing)
    failures: list[object] = []
    with serving(tmp_path) as room:
        client = by_segment(room, failures)
        client.track("u_1", "Seen")
        until(lambda: room.metrics.failed_commits > 0)
        is_full.clear()
        until(lambda: room.metrics.acknowledged["website"] == 1)
        client.join()
    assert failures == []
    assert [each["event"] for each in landed(tmp_path)] == ["Seen"]


def test_a_batch_whose_answer_was_lost_is_sent_again_and_counts_once(tmp_path: Path) -> None:
    batch = [{"type": "track", "userId": "u", "messageId": str(number)} for number in range(9)]
    with serving(tmp_path) as room:
        for _ in range(2):
            assert room.client.post("/v1/batch", json={"batch": batch}).status_code == 200
    [taken_up] = load(Home(tmp_path), [EVENTS]).tables
    assert (taken_up.loaded, taken_up.duplicates) == (9, 9)


def test_a_message_that_is_no_event_is_quarantined_and_its_batch_loads(tmp_path: Path) -> None:
    batch = [{"type": "track", "userId": "u"}, {"type": "purchase", "userId": "u"}, {}]
    with serving(tmp_path) as room:
        assert room.client.post("/v1/batch", json={"batch": batch}).status_code == 200
        nested = b'{"a":' * 200 + b"1" + b"}" * 200
        body = b'{"userId": "u", "properties": ' + nested + b"}"
        assert room.client.post("/v1/track", content=body).status_code == 200
    [taken_up] = load(Home(tmp_path), [EVENTS]).tables
    assert (taken_up.loaded, taken_up.quarantined) == (2, 2)
