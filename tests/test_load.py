"""The load of event files: what is bad is kept with a reason, what is good is loaded once."""

import gzip
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.sources.declaration import Declaration, EventFiles
from orchestration.sources.intake import LoadReport, load
from orchestration.warehouse import PROJECT, Home, connect

LONG_AGO = 1_000_000_000
EVENTS = Declaration(
    source="events",
    table="messages",
    identifier="events",
    collect=EventFiles(kind="event_files", path="events"),
)
CONSERVATION = "select file from raw.loads where lines != loaded + duplicates + quarantined"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def message(number: object, **fields: object) -> dict[str, Any]:
    return {
        "messageId": f"m{number}",
        "type": "track",
        "event": "Product Viewed",
        "userId": "u1",
        "receivedAt": "2026-01-01T00:00:00.000Z",
        "context": {"ip": "127.0.0.1"},
        "properties": {"price": 19.99},
        **fields,
    }


def line(number: object, **fields: object) -> bytes:
    return json.dumps(message(number, **fields), ensure_ascii=False).encode()


def drop(
    home: Home, name: str, lines: Iterable[bytes] | bytes, *, age: float | None = None
) -> Path:
    """Put a file into landing/events, by default one that was finished long ago."""
    path = home.landing / "events" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(lines if isinstance(lines, bytes) else b"".join(one + b"\n" for one in lines))
    changed_at = LONG_AGO if age is None else time.time() - age
    os.utime(path, (changed_at, changed_at))
    return path


def load_events(home: Home) -> LoadReport:
    return load(home, [EVENTS])


def query(home: Home, text: str) -> list[Any]:
    with connect(home.warehouse, read_only=True) as connection:
        return connection.execute(text).fetchall()


def loaded_ids(home: Home) -> list[str]:
    return [found for (found,) in query(home, "select message_id from raw.events order by all")]


def reasons(home: Home) -> dict[int, str]:
    return dict(query(home, "select line_number, reason from raw.quarantine order by all"))


def ledger(home: Home) -> dict[str, tuple[int, ...]]:
    rows = query(home, "select file, lines, loaded, duplicates, quarantined from raw.loads")
    return {file: tuple(counts) for file, *counts in rows}


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


def test_a_stray_character_at_the_end_of_a_file_is_not_lost(home: Home) -> None:
    drop(home, "a.ndjson", line(1) + b"\n{")
    load_events(home)
    assert reasons(home) == {2: "malformed JSON"}


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


def test_duplicates_within_and_across_files_and_batches_are_loaded_once(home: Home) -> None:
    drop(home, "a.ndjson", [line(1), line(1), line(2), b"bad", b"bad"])
    drop(home, "b.ndjson", [line(2), line(3)])
    assert load_events(home).batch_id == 1
    drop(home, "c.ndjson", [line(3), line(4), line(4, receivedAt="2026-01-02T00:00:00.000Z")])
    report = load_events(home)
    assert loaded_ids(home) == ["m1", "m2", "m3", "m4"]
    assert ledger(home) == {
        "events/a.ndjson": (5, 2, 1, 2),
        "events/b.ndjson": (2, 1, 1, 0),
        "events/c.ndjson": (3, 1, 2, 0),
    }
    assert (report.batch_id, report.tables[0].duplicates) == (2, 2)


def test_of_several_copies_the_one_received_first_stands(home: Home) -> None:
    drop(home, "a.ndjson", [line(1, event="later", receivedAt="2026-01-02T00:00:00.000Z")])
    drop(home, "b.ndjson", [line(1, event="first"), line(1, event="first again", receivedAt="3")])
    load_events(home)
    assert query(home, "select event, file from raw.events") == [("first", "events/b.ndjson")]


def test_the_same_file_under_another_name_adds_nothing_and_makes_no_batch(home: Home) -> None:
    lines = [line(n) for n in range(50)]
    drop(home, "a.ndjson", lines)
    load_events(home)
    drop(home, "copy.ndjson", lines)
    report = load_events(home)
    assert report.batch_id is None
    assert len(loaded_ids(home)) == 50
    assert query(home, "select batch_id, duplicates from raw.loads where file like '%copy%'") == [
        (None, 50)
    ]


def test_a_second_run_reads_nothing(home: Home) -> None:
    drop(home, "a.ndjson", [line(1)])
    load_events(home)
    report = load_events(home)
    assert (report.batch_id, report.tables) == (None, ())
    assert len(ledger(home)) == 1


def test_an_empty_file_is_in_the_ledger_and_makes_no_batch(home: Home) -> None:
    for name in ("a.ndjson", "b.ndjson.gz"):
        drop(home, name, b"")
    drop(home, "c.ndjson", b"\n  \n\t\r\n")
    assert load_events(home).batch_id is None
    assert set(ledger(home).values()) == {(0, 0, 0, 0)}
    assert len(ledger(home)) == 3


def test_a_file_that_is_still_being_written_is_left_for_the_next_run(home: Home) -> None:
    path = drop(home, "a.ndjson", line(1) + b"\n" + line(2)[:20], age=1)
    drop(home, "b.ndjson", line(3) + b"\n", age=1)
    for hidden in (".c.ndjson", "d.ndjson.part", "e.ndjson.tmp"):
        drop(home, hidden, line(9))
    assert load_events(home).waiting == ("events/a.ndjson",)
    assert loaded_ids(home) == ["m3"]
    path.write_bytes(line(1) + b"\n" + line(2) + b"\n")
    assert load_events(home).waiting == ()
    assert loaded_ids(home) == ["m1", "m2", "m3"]


def test_a_last_line_without_a_newline_counts_once_the_file_has_settled(home: Home) -> None:
    drop(home, "a.ndjson", line(1) + b"\n" + line(2), age=61)
    assert load_events(home).waiting == ()
    assert loaded_ids(home) == ["m1", "m2"]


def zstandard(home: Home, plain: Path) -> bytes:
    target = home.root / "compressed.zst"
    with duckdb.connect() as connection:
        connection.execute(
            f"""copy (select line from read_csv('{plain}', header = false, auto_detect = false,
                columns = {{'line': 'varchar'}}, delim = e'\\x01', quote = '', escape = ''))
            to '{target}' (format csv, header false, quote '', escape '', delimiter e'\\x01',
                compression zstd)"""
        )
    return target.read_bytes()


def test_compressed_files_load_and_truncated_ones_are_quarantined_whole(home: Home) -> None:
    plain = drop(home, "plain.ndjson", [*(line(n) for n in range(1000)), b"bad"])
    packed = {".gz": gzip.compress(plain.read_bytes()), ".zst": zstandard(home, plain)}
    plain.unlink()
    for suffix, content in packed.items():
        drop(home, f"whole.ndjson{suffix}", content)
        drop(home, f"half.ndjson{suffix}", content[: len(content) // 2])
        drop(home, f"short.ndjson{suffix}", content[:-1])
        drop(home, f"nonsense.ndjson{suffix}", b"not compressed at all\n")
    load_events(home)
    assert len(loaded_ids(home)) == 1000
    whole = query(
        home,
        """select file, reason from raw.quarantine where line_number is null order by file""",
    )
    assert {reason for _, reason in whole} == {"damaged or truncated compression"}
    assert len(whole) == 6
    assert query(home, "select line_number from raw.quarantine where line = 'bad'") == [
        (1001,),
        (1001,),
    ]
    assert query(home, CONSERVATION) == []


def test_a_compressed_file_that_is_still_being_written_waits(home: Home) -> None:
    content = gzip.compress(line(1) + b"\n")
    path = drop(home, "a.ndjson.gz", content[:-3], age=1)
    assert load_events(home).waiting == ("events/a.ndjson.gz",)
    path.write_bytes(content)
    load_events(home)
    assert loaded_ids(home) == ["m1"]


def test_a_file_of_an_unknown_type_is_quarantined_rather_than_ignored(home: Home) -> None:
    drop(home, "events.xlsx", b"PK")
    load_events(home)
    ((reason,),) = query(home, "select reason from raw.quarantine")
    assert reason.startswith("unknown type of file")


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


CHILD = """
import sys
from pathlib import Path
from orchestration.warehouse import Home
from tests.test_load import load_events
sys.stdout.write("ready\\n")
sys.stdout.flush()
load_events(Home(Path(sys.argv[1])))
"""


def test_a_load_that_is_killed_anywhere_ends_in_the_same_tables_when_run_again(home: Home) -> None:
    for name in range(4):
        numbers = range(name * 20_000, name * 20_000 + 25_000)
        drop(home, f"{name}.ndjson", [*(line(n) for n in numbers), b"bad"])
    killed = 0
    for pause in (0.0, 0.05, 0.15, 0.3, 0.45, 0.6):
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(home.root)],
            cwd=PROJECT,
            stdout=subprocess.PIPE,
        )
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(pause)
        child.kill()
        killed += child.wait() < 0
        child.stdout.close()
    assert killed
    load_events(home)
    load_events(home)
    assert query(home, "select count(*), count(distinct message_id) from raw.events") == [
        (85_000, 85_000)
    ]
    assert query(home, "select sum(lines), sum(duplicates), sum(quarantined) from raw.loads") == [
        (100_004, 15_000, 4)
    ]
    assert query(home, CONSERVATION) == []
