"""What lands: the message as it came, and beside it what the server knows."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.collector.address import AddressRule, kept_address
from orchestration.collector.keys import Source
from orchestration.collector.limits import Limits, Refused
from orchestration.collector.message import KINDS, Origin, lines
from orchestration.sources.intake import load
from orchestration.warehouse import Home, connect
from tests.collector.room import EVENTS, landed, serving
from tests.effort import scaled

HERE = Origin("website", "203.0.113.0", "truncate", "2026-10-01T10:00:00.000Z", False)


def one(message: dict[str, Any], origin: Origin = HERE) -> dict[str, Any]:
    line = lines("track", message, origin, Limits().message_bytes)
    result: dict[str, Any] = json.loads(line)
    return result


def test_what_the_sender_said_stays_as_it_was() -> None:
    said = {
        "messageId": "m", "userId": None, "anonymousId": "a", "event": "Größe ✓", "channel": "web",
        "timestamp": "2026-10-01T11:59:00+02:00", "originalTimestamp": "yesterday",
        "sentAt": "2026-10-01T09:59:30Z", "properties": {"price": 19.99, "n": 2**63, "list": [[]]},
        "context": {"library": {"name": "x"}, "consent": {"categoryPreferences": {"ads": False}}},
        "integrations": {"All": True}, "of our own": "too",
    }  # fmt: skip
    kept = one(json.loads(json.dumps(said)))
    assert kept["context"].pop("collector") == {"source": "website"}
    assert kept["context"].pop("ip") == "203.0.113.0"
    assert kept.pop("receivedAt") == HERE.received_at
    assert kept.pop("type") == "track"
    assert kept == said


def test_no_digit_of_a_whole_number_is_lost(tmp_path: Path) -> None:
    numbers = [2**64, -(2**63) - 1, 10**40, -(10**40), 2**63 - 1, 10**18, -(10**18)]
    with serving(tmp_path) as room:
        for number in numbers:
            room.track(properties={"number": number, "Größe": 1.5})
    home = Home(tmp_path)
    load(home, [EVENTS])
    with connect(home.warehouse) as connection:
        kept = connection.execute(
            "select properties ->> 'number', properties ->> 'Größe' from raw.events"
        ).fetchall()
    assert sorted(kept) == sorted((str(number), "1.5") for number in numbers)


def test_the_sender_cannot_say_when_we_received_it_or_who_it_is() -> None:
    claimed = {"receivedAt": "1999-01-01", "context": {"collector": {"source": "crm"}}}
    kept = one(claimed)
    assert kept["receivedAt"] == HERE.received_at
    assert kept["context"]["collector"] == {"source": "website"}


def test_a_message_without_an_id_gets_one() -> None:
    assert one({"messageId": None})["messageId"] != one({"messageId": ""})["messageId"]


def test_the_time_of_sending_of_a_batch_is_that_of_its_messages_unless_they_have_one() -> None:
    batch = [{"type": "track", "sentAt": "own"}, {"type": "track"}, {"sentAt": None}]
    made = lines("batch", {"batch": batch, "sentAt": "batch"}, HERE, 1000)
    assert [json.loads(line)["sentAt"] for line in made.splitlines()] == ["own", "batch", "batch"]


def test_a_privacy_signal_of_the_browser_is_kept_with_each_message(tmp_path: Path) -> None:
    with serving(tmp_path) as room:
        room.client.post("/v1/track", json={"userId": "a"}, headers={"Sec-GPC": "1"})
        room.client.post("/v1/track", json={"userId": "b"}, headers={"Sec-GPC": "0"})
        room.client.post("/v1/track", json={"userId": "c", "context": None})
    signals = [
        each["context"]["collector"].get("globalPrivacyControl") for each in landed(tmp_path)
    ]
    assert signals == [True, None, None]


@pytest.mark.parametrize(
    ("address", "rule", "kept"),
    [
        ("203.0.113.77", "truncate", "203.0.113.0"),
        ("203.0.113.77", "keep", "203.0.113.77"),
        ("203.0.113.77", "drop", None),
        ("2001:db8:1:2:3:4:5:6", "truncate", "2001:db8:1::"),
        ("::ffff:203.0.113.77", "truncate", "203.0.113.0"),
        (" 203.0.113.77 ", "truncate", "203.0.113.0"),
        ("fe80::1%eth0", "truncate", "fe80::"),
        ("203.0.113.77, 10.0.0.1", "truncate", None),
        ("Ann Other", "truncate", None),
        ("fe80::1%" + "x" * 99, "truncate", None),
        (["203.0.113.77"], "truncate", None),
        (["203.0.113.77"], "drop", None),
        ("", "keep", None),
    ],
)
def test_an_address_is_kept_as_the_source_declares(
    address: object, rule: AddressRule, kept: str | None
) -> None:
    assert kept_address(address, rule) == kept


@pytest.mark.parametrize(("rule", "kept"), [("keep", "127.0.0.1"), ("drop", None)])
def test_the_address_is_that_of_the_connection_unless_the_message_has_one(
    tmp_path: Path, rule: AddressRule, kept: str | None
) -> None:
    source = Source(name="website", write_key="WEBSITE_WRITE_KEY", ip=rule)
    with serving(tmp_path, source=source) as room:
        room.track()
        room.track(context={"ip": "198.51.100.4"})
    assert [each["context"].get("ip") for each in landed(tmp_path)] == [
        kept,
        "198.51.100.4" if rule == "keep" else None,
    ]


def test_a_proxy_on_this_machine_is_believed_whom_it_speaks_for(tmp_path: Path) -> None:
    with serving(tmp_path) as room:
        headers = {"X-Forwarded-For": "198.51.100.4"}
        room.client.post("/v1/track", json={"userId": "u"}, headers=headers)
    assert [each["context"]["ip"] for each in landed(tmp_path)] == ["198.51.100.0"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
fields = st.sampled_from(["batch", "context", "messageId", "sentAt", "type", "userId", "ip"])
messages = st.dictionaries(fields | st.text(max_size=5), json_values, max_size=6)


@settings(max_examples=scaled(200), deadline=None)
@given(
    kind=st.sampled_from(sorted(set(KINDS.values()))),
    content=messages | st.fixed_dictionaries({"batch": st.lists(messages | json_values)}),
)
def test_any_json_becomes_whole_lines_or_is_refused(kind: str, content: dict[str, Any]) -> None:
    batch = content.get("batch")
    events = len(batch) if kind == "batch" and isinstance(batch, list) else 1
    try:
        made = lines(kind, content, HERE, Limits().message_bytes)
    except Refused as refused:
        assert refused.status in (400, 413)
        return
    assert made.count(b"\n") == events
    assert made.endswith(b"\n")
    for line in made.splitlines():
        stored = json.loads(line)
        assert not isinstance(stored, dict) or stored["receivedAt"] == HERE.received_at


def test_what_is_no_message_is_kept_for_the_load_and_does_not_harm_its_batch(
    tmp_path: Path,
) -> None:
    batch = [{"type": "track", "event": "Good", "userId": "u"}, 5, None, {"context": 1}]
    with serving(tmp_path) as room:
        assert room.client.post("/v1/batch", json={"batch": batch}).status_code == 200
    (table,) = load(Home(tmp_path), [EVENTS]).tables
    assert (table.loaded, table.quarantined) == (1, 3)
