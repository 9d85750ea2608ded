"""Reading a real PostgreSQL: changes, deletions, other columns, and every type as JSON."""

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest

from orchestration.sources.database import rows
from orchestration.sources.declaration import Declaration
from orchestration.sources.elsewhere import Database
from orchestration.sources.intake import LoadReport, load
from orchestration.sources.pipelines import landing_pipeline, vendor_source
from orchestration.sources.vendor import VendorError
from orchestration.warehouse import Home, connect
from tests.destinations.postgres_server import PostgresServer, postgres_server

MEMBERS = """
drop table if exists members;
create table members (
    id int, email text, spent numeric(12, 2), updated_at timestamptz, deleted_at timestamptz
);
insert into members
select
    n, 'm' || n || '@example.com', n + 0.5,
    timestamptz '2026-05-01 12:00:00+02' + n * interval '1 hour'
from generate_series(1, 3) as n;
"""
WANTED = {
    "kind": "database",
    "url": "SHOP_URL",
    "schema": "public",
    "table": "members",
    "key": ["id"],
}


class Shop:
    """A database, and an installation that reads one table of it."""

    def __init__(self, server: PostgresServer, home: Home, **collect: object) -> None:
        self.server, self.home = server, home
        self.declared = Declaration.model_validate(
            {
                "source": "shop",
                "table": "members",
                "identifier": "shop_members",
                "collect": WANTED | collect,
            }
        )

    def collect(self) -> LoadReport:
        pipeline = landing_pipeline(self.home, "shop")
        pipeline.drop()
        pipeline.run(vendor_source("shop", [self.declared]))
        return load(self.home, [self.declared])

    def collected(self) -> list[tuple[Any, ...]]:
        """Collects, and returns what that added."""
        batch = self.collect().batch_id
        if batch is None:
            return []
        return self.rows(
            "select record_id, is_deleted, record ->> 'email' from raw.shop_members"
            f" where batch_id = {batch} order by all"
        )

    def rows(self, text: str) -> list[tuple[Any, ...]]:
        with connect(self.home.warehouse, read_only=True) as connection:
            return connection.execute(text).fetchall()

    def latest(self) -> dict[str, bool]:
        return dict(
            self.rows(
                """select record_id, is_deleted from raw.shop_members qualify row_number() over (
                partition by record_id
                order by cast(updated_at as timestamptz) desc, batch_id desc) = 1"""
            )
        )


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with postgres_server() as server:
        yield server


@pytest.fixture
def shop(server: PostgresServer, home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setenv("KITH_HOME", str(home.root))
    monkeypatch.setenv("SHOP_URL", server.url)
    server.run(MEMBERS)
    yield Shop(server, home, updated_at="updated_at", deleted_at="deleted_at", scan_keys=True)
    for name in list(os.environ):
        if name.startswith(("DLT_", "LOAD__", "RUNTIME__")):
            del os.environ[name]


def test_changes_arrive_once_and_what_did_not_change_does_not(shop: Shop) -> None:
    assert [each[0] for each in shop.collected()] == ["1", "2", "3"]
    assert shop.collected() == []
    shop.server.run(
        """update members set email = 'new@example.com', updated_at = '2026-05-02Z' where id = 2;
        update members set updated_at = '2026-05-02Z' where id = 3;
        insert into members values (4, 'late@example.com', 1, '2026-05-02Z');"""
    )
    assert shop.collected() == [
        ("2", False, "new@example.com"),
        ("4", False, "late@example.com"),
    ]
    assert shop.collected() == []


def test_a_deletion_arrives_whether_marked_or_real_and_so_does_the_return(shop: Shop) -> None:
    shop.collect()
    shop.server.run(
        """update members set deleted_at = '2026-05-03Z' where id = 1;
        delete from members where id = 2;"""
    )
    assert shop.collected() == [("1", True, "m1@example.com"), ("2", True, None)]
    assert shop.collected() == []
    shop.server.run(
        "insert into members values (2, 'm2@example.com', 1, '2026-04-01Z'),"
        " (5, 'before@example.com', 1, '2026-04-01Z');"
        "update members set deleted_at = null, updated_at = '2026-05-04Z' where id = 1"
    )
    assert shop.collected() == [
        ("1", False, "m1@example.com"),
        ("2", False, "m2@example.com"),
        ("5", False, "before@example.com"),
    ]
    assert shop.latest() == {"1": False, "2": False, "3": False, "5": False}
    assert shop.collected() == []


def test_a_row_without_a_date_of_change_is_looked_at_each_time(shop: Shop) -> None:
    shop.server.run("update members set updated_at = null where id = 1")
    shop.collect()
    assert shop.collected() == []
    shop.server.run("update members set email = 'x@example.com' where id = 1")
    assert shop.collected() == [("1", False, "x@example.com")]


def test_a_table_without_dates_of_change_is_read_whole_and_only_differences_are_kept(
    shop: Shop,
) -> None:
    whole = Shop(shop.server, shop.home, scan_keys=True, columns=["email"])
    assert len(whole.collected()) == 3
    shop.server.run(
        "update members set email = 'y@example.com' where id = 1; delete from members where id = 2"
    )
    assert whole.collected() == [("1", False, "y@example.com"), ("2", True, None)]
    assert whole.collected() == []
    (record,) = whole.rows(
        "select distinct json_keys(record) from raw.shop_members where not is_deleted"
    )
    assert record == (["email", "id"],)


def test_a_table_that_lost_all_its_rows_is_taken_for_a_mistake(shop: Shop) -> None:
    shop.collect()
    shop.server.run("delete from members")
    with pytest.raises(Exception, match="has no rows any more"):
        shop.collect()
    assert set(shop.latest().values()) == {False}


def test_a_new_column_is_kept_and_another_type_is_not_fatal(shop: Shop) -> None:
    shop.collect()
    shop.server.run(
        """alter table members add column tier text default 'gold';
        alter table members alter column spent type text using spent || ' EUR';
        update members set updated_at = '2026-05-02Z' where id = 1"""
    )
    assert shop.collect().tables[0].new_fields == "tier (text)"
    assert shop.rows(
        "select record ->> 'tier', record ->> 'spent' from raw.shop_members"
        " where record_id = '1' order by batch_id"
    ) == [(None, "1.50"), ("gold", "1.50 EUR")]


@pytest.mark.parametrize(
    ("collect", "words"),
    [
        ({"table": "nowhere"}, "SHOP_URL: table public.nowhere: there is no such table"),
        ({"updated_at": "modified"}, "SHOP_URL: table public.members has no column modified"),
        ({"updated_at": "email"}, "email is no date and no timestamp but TEXT; name one"),
        ({"url": "WRONG_URL"}, "could not be read: ArgumentError"),
        ({"url": "CLOSED_URL"}, "could not be read: OperationalError"),
    ],
)
def test_what_cannot_be_read_is_named_without_its_address(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, collect: dict[str, str], words: str
) -> None:
    monkeypatch.setenv("WRONG_URL", "no address: secret")
    monkeypatch.setenv("CLOSED_URL", "postgresql://kith:secret@127.0.0.1:1/shop")
    wanted = Database.model_validate(WANTED | collect)
    with pytest.raises(VendorError, match=words) as failure:
        list(rows(wanted, {}, shop.home.landing, shop.home.dlt))
    assert "secret" not in str(failure.value)


def test_every_type_becomes_json_that_says_the_same(shop: Shop) -> None:
    shop.server.run(
        """drop table members;
        create type shirt as enum ('s', 'm');
        create table members (
            id uuid, amount numeric, size float8, broken float8, whole float8, day date,
            at timestamptz, local timestamp, hour time, took interval, answers jsonb, raw bytea,
            tags text[], is_member boolean, address inet, shirt shirt, nothing text
        );
        insert into members values (
            '9f0e0a3c-3f4d-4f5e-8a10-0d6c1f1f7a01', 12345678901234567890.10, 0.25, 'nan', 3,
            '2026-05-01', '2026-05-01 12:00:00+02', '2026-05-01 12:00:00', '08:30', '90 minutes',
            '{"a": [1, null, "\\u00e9"]}', '\\x00ff', '{a,b}', true, '10.0.0.1/32', 'm', null
        )"""
    )
    Shop(shop.server, shop.home).collect()
    ((record_id, text),) = shop.rows("select record_id, record from raw.shop_members")
    assert record_id == "9f0e0a3c-3f4d-4f5e-8a10-0d6c1f1f7a01"
    assert json.loads(text) == {
        "id": record_id,
        "amount": "12345678901234567890.10",
        "size": 0.25,
        "broken": "nan",
        "whole": 3,
        "day": "2026-05-01",
        "at": "2026-05-01T10:00:00.000000Z",
        "local": "2026-05-01T12:00:00",
        "hour": "08:30:00",
        "took": 5400,
        "answers": {"a": [1, None, "é"]},
        "raw": "00ff",
        "tags": ["a", "b"],
        "is_member": True,
        "address": "10.0.0.1",
        "shirt": "m",
        "nothing": None,
    }
