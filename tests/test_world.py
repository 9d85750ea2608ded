"""The synthetic world is repeatable, and its traffic looks like that of a shop."""

import filecmp
import gzip
import json
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from sandbox import world
from sandbox.world import World
from tests.world_identifiers import Message, copies, messages_of

VOCABULARY = {
    "Product Viewed", "Product Added", "Products Searched", "Checkout Started", "Signed Up",
    "Order Completed", "Order Refunded", "Email Delivered", "Email Opened", "Email Link Clicked",
    "Unsubscribed", "Ticket Created", "Ticket Solved", "Call Logged",
    "Consent Preference Updated",
}  # fmt: skip


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> World:
    return world.build(tmp_path_factory.mktemp("small") / "world", people=1_500, days=60)


@pytest.fixture(scope="module")
def messages(small: World) -> list[Message]:
    return messages_of(small)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def named(messages: list[Message], event: str) -> list[Message]:
    return [message for message in messages if message.get("event") == event]


def bytes_of(root: Path) -> set[Path]:
    return {path.relative_to(root) for path in root.rglob("*") if path.is_file()}


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not(tmp_path: Path) -> None:
    for name, seed in (("one", 1), ("again", 1), ("other", 2)):
        world.build(tmp_path / name, people=300, days=20, seed=seed)
    files = bytes_of(tmp_path / "one")
    assert len(files) == 31
    assert files == bytes_of(tmp_path / "again") == bytes_of(tmp_path / "other")
    for file in files:
        one, again, other = (tmp_path / name / file for name in ("one", "again", "other"))
        assert filecmp.cmp(one, again, shallow=False), file
        assert not filecmp.cmp(one, other, shallow=False), file


def test_the_counts_are_those_of_the_files(small: World) -> None:
    lines = small.events[0].read_text().splitlines()
    sent = Counter(message["messageId"] for message in copies(small))
    assert small.malformed == 5
    assert small.lines == len(lines) == small.messages + small.duplicates + small.malformed
    assert small.messages == len(sent)
    assert sent.total() == small.messages + small.duplicates
    assert 0.003 < small.duplicates / small.messages < 0.007
    assert 550 < sum(map(len, lines)) / len(lines) < 850


def test_every_message_follows_the_specification_and_all_events_occur(
    messages: list[Message],
) -> None:
    assert {message["event"] for message in messages if message["type"] == "track"} == VOCABULARY
    assert {message["type"] for message in messages} == {
        "track", "page", "screen", "identify", "group",
    }  # fmt: skip
    for message in messages:
        assert message["userId"] or message["anonymousId"]
        assert message["context"]["library"]["name"]
        sent, received = moment(message["sentAt"]), moment(message["receivedAt"])
        assert moment(message["timestamp"]) <= sent < received
        assert message["channel"] in {"web", "mobile", "server", "email", "support"}


def test_a_few_messages_are_late_by_up_to_three_days_and_none_comes_from_the_future(
    messages: list[Message],
) -> None:
    delays = [moment(m["receivedAt"]) - moment(m["timestamp"]) for m in messages]
    late = [delay for delay in delays if delay > timedelta(minutes=1)]
    assert 0.003 < len(late) / len(delays) < 0.007
    assert timedelta(days=2) < max(late) <= timedelta(days=3, minutes=1)
    received = [message["receivedAt"] for message in messages]
    assert min(message["timestamp"] for message in messages) >= "2026-09-01"
    assert max(received) < "2026-10-31"


def test_orders_add_up_and_follow_a_checkout_in_the_same_currency(messages: list[Message]) -> None:
    checkouts = {m["properties"]["order_id"]: m for m in named(messages, "Checkout Started")}
    orders = named(messages, "Order Completed")
    for order in orders:
        amounts = order["properties"]
        goods = sum(line["price"] * line["quantity"] for line in amounts["products"])
        assert amounts["revenue"] == pytest.approx(goods - amounts["discount"], abs=0.001)
        total = amounts["revenue"] + amounts["shipping"] + amounts["tax"]
        assert amounts["total"] == pytest.approx(total, abs=0.001)
        checkout = checkouts.get(amounts["order_id"])
        if checkout:  # one that is late may not have arrived before the world ends
            assert checkout["timestamp"] < order["timestamp"]
            assert checkout["properties"]["currency"] == amounts["currency"]
            assert checkout["properties"]["products"] == amounts["products"]
    assert len(checkouts) > len(orders)
    assert {m["properties"]["order_id"] for m in named(messages, "Order Refunded")} <= {
        order["properties"]["order_id"] for order in orders
    }


def test_a_quarter_to_a_third_of_the_people_buy(small: World, messages: list[Message]) -> None:
    buyers = {message["userId"] for message in named(messages, "Order Completed")}
    assert 0.22 < len(buyers) / small.people < 0.33


def test_people_browse_without_a_name_before_they_log_in_and_some_never_do(
    messages: list[Message],
) -> None:
    users: dict[str, list[str | None]] = defaultdict(list)
    for message in sorted(messages, key=lambda message: message["timestamp"]):
        if message["anonymousId"]:
            users[message["anonymousId"]].append(message["userId"])
    named_later = [seen for seen in users.values() if seen[0] is None and any(seen)]
    never_named = [seen for seen in users.values() if not any(seen)]
    assert len(named_later) > 0.1 * len(users)
    assert len(never_named) > 0.1 * len(users)


def test_nobody_gets_a_newsletter_without_consent_or_after_taking_it_back(
    messages: list[Message],
) -> None:
    consent: dict[str, list[tuple[datetime, bool]]] = defaultdict(list)
    for message in named(messages, "Consent Preference Updated"):
        agrees = message["context"]["consent"]["categoryPreferences"]["marketing_email"]
        consent[message["userId"]].append((moment(message["timestamp"]), agrees))
    for message in named(messages, "Unsubscribed"):
        consent[message["userId"]].append((moment(message["timestamp"]), False))
    answers = Counter(tuple(agrees for _, agrees in sorted(given)) for given in consent.values())
    assert answers[True,] > answers[False,] > answers[True, False] > 0
    for message in named(messages, "Email Delivered"):
        given = sorted(consent.get(message["userId"], []))
        before = [agrees for at, agrees in given if at <= moment(message["timestamp"])]
        # an answer that is late may not have arrived before the world ends
        assert before[-1:] != [False]


def test_the_clicks_paid_for_cover_the_visits_they_brought(
    small: World, messages: list[Message]
) -> None:
    visits = Counter(
        message["context"]["campaign"]["id"]
        for message in messages
        if message["context"].get("campaign", {}).get("medium") not in {None, "email"}
    )
    spend = duckdb.execute(
        "select campaign_id, sum(clicks), min(cost_cents), typeof(any_value(spent_on)) "
        "from read_csv(?) group by campaign_id",
        [str(small.ads / "*.csv")],
    ).fetchall()
    assert {campaign for campaign, *_ in spend} >= visits.keys()
    for campaign, clicks, cheapest, kind in spend:
        assert clicks >= visits[campaign] and cheapest > 0 and kind == "DATE"


def test_events_go_in_order_of_arrival_into_as_many_compressed_files_as_asked(
    tmp_path: Path,
) -> None:
    made = world.build(
        tmp_path / "world", people=400, days=10, events=12_000, files=3, compression="gz",
        malformed=0, until=date(2026, 3, 1),
    )  # fmt: skip
    assert [file.name for file in made.events] == [f"events_00{n}.ndjson.gz" for n in range(3)]
    received = [
        json.loads(line)["receivedAt"]
        for file in made.events
        for line in gzip.decompress(file.read_bytes()).splitlines()
    ]
    assert received == sorted(received)
    assert "2026-02-28" < received[-1] < "2026-03-01"
    assert len(received) == made.lines == pytest.approx(12_000, rel=0.15)


def test_the_default_world_has_about_a_hundred_thousand_events(tmp_path: Path) -> None:
    made = world.build(tmp_path / "world")
    assert made.people == 5_000
    assert made.messages == pytest.approx(100_000, rel=0.05)
    assert made.orders > 1_000


def test_a_world_that_fails_half_way_leaves_nothing_and_is_made_by_the_next_run(
    tmp_path: Path,
) -> None:
    def fail(step: str) -> None:
        if step == "Salesforce":
            raise InterruptedError

    out = tmp_path / "world"
    with pytest.raises(InterruptedError):
        world.build(out, people=100, report=fail)
    assert not out.exists()
    assert world.build(out, people=100).truth.exists()
    assert [path.name for path in tmp_path.iterdir()] == ["world"]
    with pytest.raises(FileExistsError, match="a folder of its own"):
        world.build(out, people=100)
