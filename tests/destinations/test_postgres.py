"""A table in a real PostgreSQL server: what a sync leaves in it."""

import json
from dataclasses import replace

import psycopg

from orchestration.activation.run import sync
from orchestration.destinations.postgres import Postgres
from orchestration.destinations.protocol import Batch, Row
from orchestration.warehouse import Home
from tests.activation_world import people, publish
from tests.destinations.case import renamed
from tests.destinations.members import CHANGED, wanted
from tests.destinations.members_table import TABLE, held, rejected, run, table_sync
from tests.destinations.postgres_server import PostgresServer


def test_who_joins_changes_leaves_and_withdraws_is_so_in_the_table(
    home: Home, server: PostgresServer
) -> None:
    run(home, server, people(12))
    assert held(server) == wanted(people(12))
    receipt = run(home, server, CHANGED)
    assert held(server) == wanted(CHANGED)
    assert (receipt.status, receipt.added, receipt.changed, receipt.removed) == ("settled", 1, 3, 4)


def test_what_is_cleared_keeps_its_row_and_what_the_sync_does_not_write(
    home: Home, server: PostgresServer
) -> None:
    run(home, server, people(12), on_leave="clear")
    run(home, server, CHANGED, on_leave="clear")
    query = "select first_name, revenue, note from shop.members where email = '{}'"
    gone = [query.format(person.email) for person in people(12)[8:]]
    assert [server.query(each) for each in gone] == [[(None, None, "by hand")]] * 4
    assert {e: n for e, n in held(server).items() if n is not None} == wanted(CHANGED)


def test_a_second_run_with_nothing_new_does_not_even_ask_for_the_server(
    home: Home, server: PostgresServer
) -> None:
    run(home, server, people(7))
    publish(home, people(7))
    receipt = sync(table_sync(), home, {"POSTGRES_URL": "postgresql://127.0.0.1:1/nowhere"})
    assert (receipt.status, receipt.unchanged, receipt.sent) == ("settled", 7, 0)


def test_nothing_reaches_the_table_without_a_yes(home: Home, server: PostgresServer) -> None:
    persons = [replace(p, is_granted=False if i % 2 else None) for i, p in enumerate(people(6))]
    assert run(home, server, persons).withheld == 6
    assert held(server) == {}


def test_a_server_of_another_encoding_refuses_only_what_it_cannot_write(
    server: PostgresServer,
) -> None:
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("drop database if exists west")
        connection.execute("create database west encoding 'LATIN1' template template0")
    west = server.url.replace("/postgres?", "/west?")
    with psycopg.connect(west) as connection:
        connection.execute(TABLE)
    names = ("Zoë", "Ada ✓", "Ada")
    arriving = [
        Row(
            i,
            "added",
            f"c{i}",
            f"{i}@x.y",
            json.dumps({"email": f"{i}@x.y", "first_name": name}, ensure_ascii=False),
        )
        for i, name in enumerate(names)
    ]
    (refused,) = Postgres(table_sync(), west).transact([Batch("r:0", tuple(arriving))])["r:0"]
    assert (refused.position, refused.code) == (1, "22P05")
    with psycopg.connect(west) as connection:
        assert connection.execute(
            "select first_name from shop.members order by email"
        ).fetchall() == [
            ("Zoë",),
            ("Ada",),
        ]


def test_insert_adds_who_is_new_and_leaves_who_is_there(home: Home, server: PostgresServer) -> None:
    server.run("insert into shop.members values ('person00001@example.com', 'Emmy')")
    receipt = run(home, server, people(3), mode="insert")
    expected = wanted(people(3)) | {"person00001@example.com": "Emmy"}
    assert (receipt.sent, held(server)) == (3, expected)
    run(home, server, list(map(renamed, people(3))), mode="insert")
    assert held(server) == expected


def test_update_corrects_who_is_there_adds_nobody_and_clears_who_withdraws(
    home: Home, server: PostgresServer
) -> None:
    server.run(
        "insert into shop.members select 'person0000' || i || '@example.com'"
        " from generate_series(1, 3) as i"
    )
    run(home, server, people(4), mode="update")
    assert held(server) == wanted(people(4)[1:])
    assert rejected(home) == [("c00000", "not_found")]
    persons = [*people(3), replace(people(4)[3], is_granted=False)]
    run(home, server, persons, mode="update")
    assert held(server) == wanted(people(3)[1:]) | {"person00003@example.com": None}


def test_numbers_times_and_objects_arrive_as_what_the_columns_are(server: PostgresServer) -> None:
    server.run(
        "create type shop.mood as enum ('glad', 'sad'); create table shop.\"Odd %s\" (id bigint"
        ' primary key, "Paid" numeric(12, 2), seen timestamptz, born date, tags text[],'
        " traits jsonb, mood shop.mood, active boolean)"
    )
    names = ("id", "Paid", "seen", "born", "tags", "traits.a", "traits.b", "mood", "active")
    declared = table_sync(
        options={"table": "shop.Odd %s"}, match="id", map=dict.fromkeys(names, "city")
    )
    fields = {
        "id": 7, "Paid": 19.99, "seen": "2026-03-01T10:00:00Z", "born": "1815-12-10",
        "tags": ["a", "b"], "traits": {"a": 1, "b": None}, "mood": "glad", "active": True,
    }  # fmt: skip
    postgres = Postgres(declared, server.url)
    arriving = [Row(i, "added", f"c{i}", str(i), json.dumps({**fields, "id": i})) for i in (7, 8)]
    assert postgres.transact([Batch("r:0", tuple(arriving))]) == {"r:0": []}
    found = "select * from shop.\"Odd %s\" where seen = '2026-03-01 12:00:00+02' and active"
    assert server.query(
        f'select id, "Paid"::text, born::text, tags, traits, mood from ({found}) where id = 7'
    ) == [(7, "19.99", "1815-12-10", ["a", "b"], {"a": 1, "b": None}, "glad")]
    removals = [Row(0, "removed", "c1", "7", ""), Row(1, "removed", "c2", "seven", "")]
    (outcome,) = postgres.transact([Batch("r:1", tuple(removals))])["r:1"]
    assert (outcome.position, outcome.code, outcome.message.count("seven")) == (1, "22P02", 0)
    assert server.query('select id from shop."Odd %s"') == [(8,)]
