"""The load of event files: what is good is loaded once, whatever happens meanwhile."""

import gzip
import signal
import subprocess
import sys
from itertools import permutations

import pytest

from orchestration.warehouse import PROJECT, Home
from tests.front_door.landing import (
    CONSERVATION,
    drop,
    ledger,
    line,
    load_events,
    loaded_ids,
    query,
    zstandard,
)


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


@pytest.mark.parametrize("field", ["event", "channel"])
@pytest.mark.parametrize("others", [[], [b"bad"], [b"\xef\xbb\xbf{}", b"\xff"]])
def test_of_copies_that_no_time_tells_apart_one_stands_whatever_their_order(
    home: Home, field: str, others: list[bytes]
) -> None:
    copies = [line(1, **{field: "one"}), line(1, **{field: "other"}), line(1, **{field: "third"})]
    for number, order in enumerate(permutations(copies)):
        found = Home(home.root / str(number))
        drop(found, "a.ndjson", [*order[:2], *others, line(2), order[2]])
        load_events(found)
        assert query(found, f"select {field} from raw.events where message_id = 'm1'") == (
            query(Home(home.root / "0"), f"select {field} from raw.events where message_id = 'm1'")
        )
        lines = 4 + len(others)
        assert ledger(found) == {"events/a.ndjson": (lines, 2, 2, len(others))}


def test_of_two_copies_one_too_large_the_other_stands(home: Home) -> None:
    large = line(1, properties={"text": "x" * 2**21})
    drop(home, "a.ndjson", [large, line(1), line(2)])
    load_events(home)
    assert loaded_ids(home) == ["m1", "m2"]
    assert ledger(home) == {"events/a.ndjson": (3, 2, 0, 1)}


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


def test_an_empty_file_waits_for_whoever_made_it_to_write(home: Home) -> None:
    drop(home, "a.ndjson", b"", age=1)
    assert load_events(home).waiting == ("events/a.ndjson",)
    drop(home, "a.ndjson", [line(1)], age=1)
    load_events(home)
    assert loaded_ids(home) == ["m1"]


def test_files_for_which_no_table_is_declared_are_told_of(home: Home) -> None:
    drop(home, "a.ndjson", [line(1)])
    drop(home, "sub/b.ndjson", [line(2)])
    drop(home, "../evnts/c.ndjson", [line(3)])
    assert load_events(home).strays == ("landing/events/sub", "landing/evnts")


def test_a_last_line_without_a_newline_counts_once_the_file_has_settled(home: Home) -> None:
    drop(home, "a.ndjson", line(1) + b"\n" + line(2), age=61)
    assert load_events(home).waiting == ()
    assert loaded_ids(home) == ["m1", "m2"]


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


CHILD = """
import os, signal, sys
from pathlib import Path
from orchestration.sources import event_files, intake, records, statements
from orchestration.warehouse import Home
from tests.front_door.landing import load_events

last = int(sys.argv[2])

def statement(name, **names):
    global last
    last -= 1
    if last < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return statements.statement(name, **names)

for module in (event_files, intake, records):
    module.statement = statement
load_events(Home(Path(sys.argv[1])))
"""


def killed_after(home: Home, statements: int) -> bool:
    """Load in a child that kills itself after so many statements; whether it came to that."""
    command = [sys.executable, "-c", CHILD, str(home.root), str(statements)]
    child = subprocess.run(command, cwd=PROJECT, check=False)
    assert child.returncode in {0, -signal.SIGKILL}
    return child.returncode != 0


def test_a_load_that_is_killed_anywhere_ends_in_the_same_tables_when_run_again(home: Home) -> None:
    for name in range(3):
        numbers = range(name * 1000, name * 1000 + 1500)
        drop(home, f"{name}.ndjson", [*(line(n) for n in numbers), b"bad"])
    kills = 0
    while kills < 30 and killed_after(home, statements=1 + 2 * kills):
        kills += 1
    assert 5 < kills < 30
    load_events(home)
    assert query(home, "select count(*), count(distinct message_id) from raw.events") == [
        (3500, 3500)
    ]
    assert query(
        home, "select sum(lines), sum(duplicates), sum(quarantined), count(*) from raw.loads"
    ) == [(4503, 1000, 3, 3)]
    assert query(home, "select count(*), max(batch_id) from raw.quarantine") == [(3, 1)]
