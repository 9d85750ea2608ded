"""A file as a destination: always the complete audience, never a part of it."""

import stat
from dataclasses import replace

import duckdb
import pytest

from orchestration.activation.run import sync
from orchestration.warehouse import Home
from tests.activation_world import file_sync, people, publish


@pytest.mark.parametrize("file_format", ["parquet", "csv"])
def test_a_file_is_the_complete_audience_and_is_written_only_when_it_changes(
    home: Home, file_format: str
) -> None:
    declared = file_sync(format=file_format)
    target = home.root / "exports" / f"file_members.{file_format}"
    publish(home, people(30))
    receipt = sync(declared, home, {})
    assert (receipt.sent, receipt.requests) == (30, 0)
    columns = ["email", "firstname", "kith_revenue"]
    assert duckdb.read_csv(str(target)).columns == columns if file_format == "csv" else True
    first = target.stat()
    sync(declared, home, {})
    assert target.stat().st_mtime_ns == first.st_mtime_ns
    publish(home, [replace(people(30)[0], is_granted=False), *people(30)[1:]])
    assert sync(declared, home, {}).removed == 1
    assert target.stat().st_ino != first.st_ino
    left = duckdb.sql(f"from '{target}' order by email").fetchall()
    assert [row[0] for row in left] == [person.email for person in people(30)[1:]]


def test_who_leaves_and_who_joins_in_one_run_are_both_answered_for(home: Home) -> None:
    publish(home, people(30))
    sync(file_sync(), home, {})
    publish(home, people(33)[2:])
    receipt = sync(file_sync(), home, {})
    assert (receipt.status, receipt.sent, receipt.in_doubt) == ("settled", 5, 0)
    assert sync(file_sync(), home, {}).unchanged == 31


def test_a_reader_of_a_file_never_sees_a_part_of_it(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(home, people(30))
    sync(file_sync(), home, {})
    target = home.root / "exports" / "file_members.parquet"
    before = target.read_bytes()
    publish(home, people(20))

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("orchestration.destinations.file.sync_to_disk", interrupted)
        with pytest.raises(KeyboardInterrupt):
            sync(file_sync(), home, {})
    assert target.read_bytes() == before
    sync(file_sync(), home, {})
    assert duckdb.sql(f"from '{target}'").fetchall() != []
    assert len(duckdb.sql(f"from '{target}'").fetchall()) == 20
    names = ["file_members.manifest.json", "file_members.parquet"]
    assert sorted(path.name for path in target.parent.iterdir()) == names


def test_a_file_and_its_folder_are_for_their_owner_alone(home: Home) -> None:
    publish(home, people(3))
    sync(file_sync("outbox/agency"), home, {})
    folder = home.root / "outbox" / "agency"
    assert [stat.S_IMODE(path.stat().st_mode) for path in (folder.parent, folder)] == [0o700] * 2
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
