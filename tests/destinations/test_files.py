"""Files as destinations: always the complete audience, with a manifest that proves it."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from orchestration.activation.journal import sync_to_disk
from tests.activation_world import people, publish
from tests.destinations.file_drop import NAMES, Drop, child
from tests.destinations.members import CHANGED, wanted

in_a_folder = pytest.mark.parametrize("drop", ["parquet"], indirect=True)
in_one_of_each = pytest.mark.parametrize("drop", ["csv", "s3-parquet"], indirect=True)


def test_who_joins_changes_leaves_and_withdraws_is_so_in_the_file(drop: Drop) -> None:
    drop.run(people(12))
    assert drop.held() == wanted(people(12))
    receipt = drop.run(CHANGED)
    assert drop.held() == wanted(CHANGED)
    assert (receipt.status, receipt.added, receipt.changed, receipt.removed) == ("settled", 1, 3, 4)


def test_the_manifest_says_what_is_in_the_file(drop: Drop) -> None:
    for persons in (people(12), CHANGED):
        drop.run(persons)
        content, told = drop.read(drop.name), drop.manifest()
        assert content is not None
        assert told is not None
        written = datetime.fromisoformat(told.pop("published_at"))
        assert 0 <= (datetime.now(UTC) - written).total_seconds() < 60
        assert told == {
            "file": drop.name,
            "rows": len(wanted(persons)),
            "columns": NAMES,
            "bytes": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        }


@in_one_of_each
def test_a_second_run_with_nothing_new_writes_nothing(drop: Drop) -> None:
    drop.run(people(7))
    before = drop.vendor.requests
    written = {path: path.stat().st_mtime_ns for path in drop.home.root.glob("exports/*")}
    receipt = drop.run(people(7))
    assert (receipt.status, receipt.unchanged) == ("settled", 7)
    assert drop.vendor.requests == before
    assert written == {path: path.stat().st_mtime_ns for path in written}


@in_one_of_each
def test_without_a_yes_there_is_no_file(drop: Drop) -> None:
    persons = [replace(p, is_granted=False if i % 2 else None) for i, p in enumerate(people(6))]
    assert drop.run(persons).withheld == 6
    assert (drop.held(), drop.manifest()) == ({}, None)


@in_one_of_each
def test_once_the_last_one_left_the_file_is_empty_and_has_its_columns(drop: Drop) -> None:
    drop.run(people(2))
    drop.run([])
    told = drop.manifest()
    assert told is not None
    assert (drop.held(), told["rows"], told["columns"]) == ({}, 0, NAMES)


@in_a_folder
def test_while_a_folder_cannot_be_written_the_run_says_so_and_the_next_makes_it_right(
    drop: Drop,
) -> None:
    obstacle = drop.home.root / "exports"
    obstacle.write_text("")
    receipt = drop.run(people(3))
    assert (receipt.status, receipt.reason) == (
        "partial",
        "the folder cannot be written: File exists",
    )
    obstacle.unlink()
    drop.run(people(3))
    assert drop.held() == wanted(people(3))


@in_one_of_each
def test_a_run_killed_before_its_journal_ends_as_the_model_says(drop: Drop) -> None:
    publish(drop.home, people(6))
    assert child(drop, "record:1").wait() == -9
    assert drop.held() == wanted(people(6))
    receipt = drop.run(people(8)[2:])
    assert (receipt.status, drop.held()) == ("settled", wanted(people(8)[2:]))


@in_a_folder
def test_between_file_and_manifest_the_digest_tells_and_the_next_run_mends_it(
    drop: Drop, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop.run(people(6))
    before = drop.manifest()
    real, done = sync_to_disk, 0

    def interrupted(path: Path) -> None:
        nonlocal done
        done += 1
        if done == 3:
            raise KeyboardInterrupt
        real(path)

    with monkeypatch.context() as patch:
        patch.setattr("orchestration.destinations.file.sync_to_disk", interrupted)
        with pytest.raises(KeyboardInterrupt):
            drop.run(people(8)[2:])
    content = drop.read(drop.name)
    assert content is not None
    assert before is not None
    assert drop.manifest() == before
    assert before["sha256"] != hashlib.sha256(content).hexdigest()
    drop.run(people(8)[2:])
    told = drop.manifest()
    assert told is not None
    assert told["sha256"] == hashlib.sha256(drop.read(drop.name) or b"").hexdigest()
    assert [path.name for path in (drop.home.root / "exports").glob(".*")] == []
