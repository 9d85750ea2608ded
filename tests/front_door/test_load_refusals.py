"""Event lines that are bad are kept with a reason, and cost nothing but themselves."""

import json
import random

import pytest

from orchestration.warehouse import Home
from tests.front_door.landing import (
    CONSERVATION,
    drop,
    ledger,
    line,
    load_events,
    loaded_ids,
    query,
    reasons,
)


def test_a_bad_line_goes_to_quarantine_with_its_number_and_reason_and_the_rest_loads(
    home: Home,
) -> None:
    bad = {
        2: (b'{"messageId": "x", "type"', "malformed JSON"),
        4: (b"[1,2]", "not an object"),
        6: (b"42", "not an object"),
        7: (b"{}", "no messageId"),
        8: (line(8, messageId=None), "no messageId"),
        9: (line(9, messageId=""), "no messageId"),
        10: (line(10, type="trck"), "unknown type"),
        11: (line(11, userId=None), "no userId and no anonymousId"),
        12: (line(12) + line(13), "malformed JSON"),
        13: (b'{"messageId": "\xff"}', "not UTF-8"),
    }
    lines = [bad[n][0] if n in bad else b"" if n == 3 else line(n) for n in range(1, 16)]
    drop(home, "a.ndjson", lines)
    report = load_events(home)
    assert reasons(home) == {number: reason for number, (_, reason) in bad.items()}
    assert loaded_ids(home) == ["m1", "m14", "m15", "m5"]
    assert ledger(home) == {"events/a.ndjson": (14, 4, 0, 10)}
    (kept,) = query(home, "select line, file, batch_id from raw.quarantine where line_number = 2")
    assert kept == (bad[2][0].decode(), "events/a.ndjson", report.batch_id)


def test_a_good_line_is_loaded_whatever_stands_before_it(home: Home) -> None:
    # DuckDB's reader alone makes nothing of the line after a lone bracket.
    drop(home, "a.ndjson", [line(1), b"[", line(2), b"{", line(3), b'"', line(4)])
    load_events(home)
    assert loaded_ids(home) == ["m1", "m2", "m3", "m4"]
    assert reasons(home) == dict.fromkeys((2, 4, 6), "malformed JSON")


@pytest.mark.parametrize("before", [b"", line(1) + b"\n"])
def test_a_stray_character_at_the_end_of_a_file_is_not_lost(home: Home, before: bytes) -> None:
    drop(home, "a.ndjson", before + b"{")
    load_events(home)
    assert list(reasons(home).values()) == ["malformed JSON"]


def test_a_field_of_another_type_is_kept_as_text_and_loses_no_row(home: Home) -> None:
    drop(
        home,
        "a.ndjson",
        [
            line(1, userId=42, timestamp=1767225600, event={"name": "x"}),
            line(2, properties="none", context=[1], traits=7),
            line(3, anonymousId=True, name=None, channel=["web"]),
        ],
    )
    load_events(home)
    rows = query(
        home,
        """select user_id, event_timestamp, event, properties, context, traits, channel
        from raw.events order by message_id""",
    )
    assert rows[0][:3] == ("42", "1767225600", '{"name":"x"}')
    assert rows[1][3:6] == ('"none"', "[1]", "7")
    assert rows[2][6] == '["web"]'
    assert reasons(home) == {}


def test_a_message_with_a_megabyte_of_properties_loads_and_a_larger_one_is_quarantined(
    home: Home,
) -> None:
    lines = [line(1), line(2, properties={"text": "x" * 1_000_000})]
    too_large = line(3, properties={"text": "x" * 1_100_000})
    drop(home, "a.ndjson", [*lines, too_large, line(4)])
    load_events(home)
    assert loaded_ids(home) == ["m1", "m2", "m4"]
    assert reasons(home) == {3: "larger than 1 MB"}
    assert query(home, "select line from raw.quarantine") == [(too_large.decode(),)]
    assert query(home, CONSERVATION) == []


def test_a_line_that_duckdb_cannot_hold_costs_only_itself(home: Home) -> None:
    drop(home, "a.ndjson", [line(1), line(2, properties={"text": "x" * 40_000_000}), line(3)])
    drop(home, "b.ndjson", [line(4)])
    load_events(home)
    assert loaded_ids(home) == ["m1", "m3", "m4"]
    assert reasons(home) == {2: "larger than 1 MB"}


FRAGMENTS = [b"{", b"}", b"[", b"]", b'"', b":", b",", b"\\", b"\x00", b"\xff", b"\r", b"\t", b" "]
FRAGMENTS += [b"\x0b", b"\xef\xbb\xbf", b"null", b"NaN", b"-", b"\xe2\x80\xa8", line("inner")]


def damaged(chance: random.Random) -> bytes:
    if chance.random() < 0.4:
        return b"".join(chance.choices(FRAGMENTS, k=chance.randint(0, 5)))
    text = bytearray(line(f"damaged{chance.random()}"))
    start = chance.randrange(len(text))
    text[start : start + chance.randint(0, 8)] = chance.choice(FRAGMENTS)
    return bytes(text)


@pytest.mark.parametrize("seed", range(6))
def test_whatever_stands_in_a_file_no_good_line_and_no_bad_line_is_lost(
    home: Home, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    for name in range(8):
        numbers = range(chance.choice([1, 3, 30, 2000]))
        end = chance.choice([b"\n", b"\r\n"])
        lines = [line(f"{name}-{n}") if chance.random() < 0.8 else damaged(chance) for n in numbers]
        drop(home, f"{name}.ndjson", end.join(lines) + chance.choice([b"", end]))
    load_events(home)
    known = set(loaded_ids(home))
    for path in (home.landing / "events").iterdir():
        lines = [one for one in path.read_bytes().split(b"\n") if one.strip()]
        assert ledger(home)[f"events/{path.name}"][0] == len(lines)
        intact = [one for one in lines if one.startswith(b'{"messageId": "m' + path.stem.encode())]
        good = {json.loads(one)["messageId"] for one in intact if is_intact(one)}
        assert good <= known
    assert query(home, CONSERVATION) == []


def is_intact(text: bytes) -> bool:
    try:
        found = json.loads(text)
    except ValueError:
        return False
    return bool(line(found["messageId"][1:]) == text.rstrip(b"\r"))


def test_a_file_that_is_written_over_after_it_was_loaded_is_told(home: Home) -> None:
    drop(home, "daily.ndjson", [line(1)])
    assert load_events(home).overwritten == ()
    drop(home, "daily.ndjson", [line(1), line(2)])
    assert load_events(home).overwritten == ("events/daily.ndjson",)
