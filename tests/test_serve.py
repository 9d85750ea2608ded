"""Publication: a new file takes the old one's place, and readers never notice the change."""

import stat
from pathlib import Path

import duckdb
import pytest

from orchestration.serve import publish, publish_ledger
from orchestration.warehouse import Home, connect

NEEDLE = "needle-in-the-haystack@example.com"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    build(home, customers=1_000)
    return home


def build(home: Home, *, customers: int) -> None:
    """Doorways as dbt would leave them."""
    with connect(home.doorways) as connection:
        connection.execute("create schema if not exists runs")
        connection.execute("create or replace table runs.watermarks (model varchar)")
        connection.execute("create schema if not exists customers")
        connection.execute(
            "create or replace table customers.customers as "
            "select range as customer_id, range || '@example.com' as email from range(?)",
            [customers],
        )


def count(connection: duckdb.DuckDBPyConnection) -> int:
    rows: list[tuple[int]] = connection.execute(
        "select count(*) from customers.customers"
    ).fetchall()
    return rows[0][0]


def test_the_publication_holds_the_doorways_and_the_ledger_and_nothing_else(home: Home) -> None:
    rows = publish(home)
    assert rows == {
        "activation.sync_changes": 0,
        "activation.sync_rejections": 0,
        "activation.sync_runs": 0,
        "activation.sync_status": 0,
        "customers.customers": 1_000,
    }
    assert publish(home, compact=True) == rows


def test_an_open_reader_keeps_its_snapshot_and_a_new_one_sees_the_new(home: Home) -> None:
    publish(home)
    # Another configuration is another database to DuckDB, as another process would be.
    old = duckdb.connect(str(home.serving), read_only=True)
    build(home, customers=2_000)
    publish(home)
    publish_ledger(home)
    assert count(old) == 1_000
    old.close()
    with connect(home.serving, read_only=True) as new:
        assert count(new) == 2_000


def test_a_publication_that_was_killed_on_its_way_leaves_the_old_one_and_is_repeated(
    home: Home,
) -> None:
    publish(home)
    before = home.serving.read_bytes()
    home.serving.with_suffix(".next").write_bytes(b"half a file")
    assert home.serving.read_bytes() == before
    assert publish(home)["customers.customers"] == 1_000
    assert not home.serving.with_suffix(".next").exists()


def test_a_compact_publication_leaves_no_byte_of_what_was_deleted(home: Home) -> None:
    with connect(home.doorways) as connection:
        # Compressed text would hide the needle from this test, not from a forensic reader.
        connection.execute("set force_compression = 'uncompressed'")
        connection.execute(
            "create or replace table customers.customers as select range as customer_id, "
            f"case when range = 500 then '{NEEDLE}' else range || '@example.com' end as email "
            "from range(100_000)"
        )
        connection.execute("checkpoint")
        connection.execute("delete from customers.customers where customer_id = 500")
    publish(home)
    assert NEEDLE.encode() in home.serving.read_bytes(), "the test must be able to fail"
    publish(home, compact=True)
    assert NEEDLE.encode() not in home.serving.read_bytes()


def test_a_home_that_is_made_is_its_owners_alone_and_one_that_is_there_stays(
    tmp_path: Path,
) -> None:
    new, old = Home(tmp_path / "new" / "home"), Home(tmp_path / "old")
    old.root.mkdir(mode=0o750)
    for home in (new, old):
        home.make()
    assert [stat.S_IMODE(home.root.stat().st_mode) for home in (new, old)] == [0o700, 0o750]
