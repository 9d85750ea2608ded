"""The clients that people use, from their first call to a customer in a segment."""

import errno
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import segment.analytics.client as segment
from rudderstack.analytics.client import Client as RudderClient

from orchestration.sources.declaration import declarations
from orchestration.sources.intake import TableLoad, load
from orchestration.warehouse import Home, Manifest, connect
from tests.collector.javascript_clients import Unavailable, speak_in_browser, speak_in_node
from tests.collector.process import collecting
from tests.collector.room import EVENTS, KEY, landed, serving, until
from tests.raw_history import Warehouse


def speak_in_python(library: Callable[..., Any], address: str, user: str) -> None:
    """What `javascript/shop.js` says; raises AssertionError if the client reports a failure."""
    failures: list[object] = []
    client = library(KEY, host=address, on_error=note(failures))
    client.identify(user, {"email": f"{user}@example.com"})
    order = {"order_id": f"o_{user}", "total": 19.99, "currency": "EUR"}
    client.track(user, "Order Completed", order)
    client.page(user, "shop", "Home", {"path": "/"})
    client.screen(user, "app", "Start")
    client.group(user, "g_1", {"name": "Example GmbH"})
    client.alias("anonymous", user)
    for number in range(250):
        product = {"product_id": f"p_{number}", "cart_id": f"c_{user}"}
        client.track(user, "Product Added", product)
    client.flush()
    client.join()
    assert failures == []


def note(failures: list[object]) -> Callable[..., None]:
    return lambda *failure: failures.append(failure)


CLIENTS: dict[str, Callable[[str, str], None]] = {
    "segment-analytics-python": partial(speak_in_python, segment.Client),
    "segment-analytics-python, gzip": partial(speak_in_python, partial(segment.Client, gzip=True)),
    "rudder-sdk-python": partial(speak_in_python, RudderClient),
    "@segment/analytics-node": partial(speak_in_node, "segment_node.js"),
    "@rudderstack/rudder-sdk-node": partial(speak_in_node, "rudder_node.js"),
    "@segment/analytics-next": speak_in_browser,
}
USERS = {name: f"u_{number}" for number, name in enumerate(CLIENTS)}


@dataclass(frozen=True)
class Spoken:
    """A home into which every client has sent, loaded and built."""

    home: Home
    loaded: TableLoad
    outcomes: dict[str, Future[None]]

    def user(self, client: str) -> str:
        """As whom a client sent; skips the test if this machine cannot run it."""
        try:
            self.outcomes[client].result()
        except Unavailable as lacking:
            pytest.skip(f"{client} is NOT tested here: {lacking}")
        return USERS[client]


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Spoken:
    """`kith collect` with all clients at once, then one load and one build."""
    home = Home(tmp_path_factory.mktemp("clients"))
    with collecting(home.root) as process, ThreadPoolExecutor(2) as pool:
        outcomes = {
            name: pool.submit(speak, process.address, USERS[name])
            for name, speak in CLIENTS.items()
        }
        pool.shutdown()
        assert process.stop() == 0
    declared = declarations(Manifest())
    [loaded] = [table for table in load(home, declared).tables if table.table == "messages"]
    assert load(home, declared).batch_id is None
    Warehouse(home).build("--select", "+segment_members")
    return Spoken(home, loaded, outcomes)


@pytest.mark.parametrize("client", CLIENTS)
def test_every_message_of_a_real_client_becomes_an_event(spoken: Spoken, client: str) -> None:
    user = spoken.user(client)
    with connect(spoken.home.warehouse, read_only=True) as connection:
        kinds = connection.execute(
            "select type, count(*) from raw.events where user_id = ? group by type", [user]
        ).fetchall()
        [order] = connection.execute(
            """
            select properties ->> 'total', sent_at is not null, received_at is not null,
                context ->> '$.collector.source',
                coalesce(event_timestamp, original_timestamp) is not null
            from raw.events where event = 'Order Completed' and user_id = ?
            """,
            [user],
        ).fetchall()
    assert dict(kinds) == {
        "alias": 1, "group": 1, "identify": 1, "page": 1, "screen": 1, "track": 251
    }  # fmt: skip
    assert order == ("19.99", True, True, "website", True)


@pytest.mark.parametrize("client", CLIENTS)
def test_the_user_of_a_real_client_is_a_customer_in_a_segment(spoken: Spoken, client: str) -> None:
    user = spoken.user(client)
    with connect(spoken.home.doorways, read_only=True) as connection:
        found = connection.execute(
            """
            select customers.email, customers.orders, segment_members.segment
            from identity.customer_ids
            inner join customers.customers on customer_ids.customer_id = customers.customer_id
            inner join segments.segment_members
                on customers.customer_id = segment_members.customer_id
            where customer_ids.identifier_type = 'user_id' and customer_ids.identifier_value = ?
                and segment_members.segment = 'seg_cart_abandoners'
            """,
            [user],
        ).fetchall()
    assert found == [(f"{user}@example.com", 1, "seg_cart_abandoners")]


def test_no_message_of_any_client_is_repeated_or_refused(spoken: Spoken) -> None:
    sent = sum(outcome.exception() is None for outcome in spoken.outcomes.values())
    assert sent >= 3
    assert (spoken.loaded.duplicates, spoken.loaded.quarantined) == (0, 0)
    assert spoken.loaded.loaded == 256 * sent


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
        client = segment.Client(KEY, host=str(room.client.base_url), on_error=note(failures))
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
