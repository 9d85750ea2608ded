"""PostgreSQL: a refused row stops no other, and no failure leaves anything half done."""

import time
from dataclasses import replace
from urllib.parse import quote

import psycopg
import pytest

from orchestration.activation.run import sync
from orchestration.destinations.postgres import Postgres
from orchestration.destinations.protocol import Batch, Outcome, Row
from orchestration.warehouse import Home
from tests.activation_world import Person, people, publish, quick, rows
from tests.destinations.members import CHANGED, wanted
from tests.destinations.members_table import MAP, child, held, rejected, run, table_sync
from tests.destinations.postgres_server import PostgresServer


def test_rows_that_the_server_refuses_are_named_and_all_others_arrive(
    home: Home, server: PostgresServer
) -> None:
    persons = [
        *people(300),
        Person("c90000", "no address"),
        Person("c90001", "long@example.com", "A name of many, many letters"),
        Person("c90002", "rich@example.com", revenue_cents=2**40),
        Person("c90003", "nul@example.com", "A\0da"),
    ]
    receipt = run(home, server, persons, limits=quick(batch=5000))
    assert held(server) == wanted(people(300))
    assert (receipt.sent, receipt.rejected) == (300, 4)
    assert rejected(home) == [
        ("c90000", "23514"),
        ("c90001", "22001"),
        ("c90002", "22003"),
        ("c90003", "22P05"),
    ]
    kept = " ".join(m for (m,) in rows(home, "select message from activation.sync_rejections"))
    assert not any(word in kept for word in ("address", "letters", str(2**40)))


def test_a_removal_that_the_server_refuses_is_named_and_the_others_are_removed(
    home: Home, server: PostgresServer
) -> None:
    run(home, server, people(6))
    server.run("create table shop.orders (email text references shop.members (email))")
    server.run("insert into shop.orders values ('person00001@example.com')")
    run(home, server, people(1))
    assert held(server) == wanted(people(2))
    assert rejected(home) == [("c00001", "23503")]


def test_a_constraint_that_would_wait_for_the_commit_names_its_row_as_well(
    home: Home, server: PostgresServer
) -> None:
    server.run(
        "create table shop.towns (name text primary key); insert into shop.towns values ('Berlin');"
        "alter table shop.members add city text references shop.towns deferrable initially deferred"
    )
    persons = [
        replace(person, city="Atlantis") if i == 3 else person for i, person in enumerate(people(6))
    ]
    run(home, server, persons, map={**MAP, "city": "city"})
    assert rejected(home) == [("c00003", "23503")]
    assert len(held(server)) == 5


def test_where_every_row_is_refused_it_stops_soon_and_removals_are_done_all_the_same(
    home: Home, server: PostgresServer
) -> None:
    run(home, server, people(20))
    server.run(
        "alter table shop.members add city text, add check (city = 'Atlantis' or city is null)"
    )
    receipt = run(home, server, people(60)[2:], map={**MAP, "city": "city"})
    assert set(held(server)) == set(wanted(people(20)[2:]))
    assert (receipt.status, receipt.rejected, receipt.unsent) == ("partial", 25, 33)


@pytest.mark.parametrize(
    ("spoil", "changes", "words"),
    [
        ("alter table shop.members drop constraint members_email_key", {}, "keeps email unique"),
        (
            "alter table shop.members drop constraint members_email_key,"
            " add unique (email) deferrable",
            {},
            "not deferrable",
        ),
        (
            "create unique index on shop.members (revenue, note)",
            {"match": "revenue"},
            "revenue uni",
        ),
        ("select", {"map": {"email": "email", "size": "city"}}, "has no column size"),
        ("select", {"options": {"table": "shop.nobody"}}, "no table shop.nobody"),
    ],
)
def test_a_table_that_does_not_suit_is_told_with_the_remedy_and_left_alone(
    home: Home, server: PostgresServer, spoil: str, changes: dict[str, object], words: str
) -> None:
    server.run(spoil)
    receipt = run(home, server, people(3), **changes)
    assert receipt.status == "partial"
    assert words in str(receipt.reason)
    assert held(server) == {}


def test_while_the_server_is_down_nothing_is_lost_and_nothing_given_away(
    home: Home, server: PostgresServer
) -> None:
    run(home, server, people(6))
    server.stop()
    try:
        receipt = run(home, server, CHANGED)
    finally:
        server.start()
    assert (receipt.status, receipt.sent) == ("partial", 0)
    assert receipt.reason == "PostgreSQL gave up: No such file or directory"
    run(home, server, CHANGED)
    assert held(server) == wanted(CHANGED)
    assert rows(home, "select count(*) from activation.sync_state where fields_hash is null") == [
        (0,)
    ]


@pytest.mark.parametrize("url", ["postgresql://kith:{}@/postgres?host={}", "postgresql:/{}{}%zz"])
def test_a_connection_that_cannot_be_names_neither_password_nor_user_nor_host(
    home: Home, server: PostgresServer, url: str
) -> None:
    publish(home, people(2))
    wrong = url.format("open-sesame", quote(str(server.folder), safe=""))
    reason = str(sync(table_sync(), home, {"POSTGRES_URL": wrong}).reason)
    assert reason.startswith("PostgreSQL gave up: ")
    assert not any(word in reason for word in ("open-sesame", "kith", server.folder.name))
    assert "sesame" not in str(rows(home, "from activation.sync_runs"))


def test_a_commit_of_which_no_word_comes_leaves_all_in_doubt_and_the_next_run_settles_it(
    home: Home, server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = psycopg.Connection.commit

    def lost(connection: psycopg.Connection) -> None:
        commit(connection)
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    row = Row(3, "added", "c1", "a@example.com", '{"email": "a@example.com"}')
    with monkeypatch.context() as patch:
        patch.setattr(psycopg.Connection, "commit", lost)
        told = Postgres(table_sync(), server.url).transact([Batch("r:0", (row,))])
        receipt = run(home, server, people(12))
    assert told == {"r:0": [Outcome(3, "in_doubt")]}
    assert (receipt.status, receipt.in_doubt) == ("partial", 12)
    server.run("delete from shop.members where email = 'a@example.com'")
    run(home, server, people(12)[2:])
    assert held(server) == wanted(people(12)[2:])


def test_a_lock_is_waited_for_within_patience_and_nothing_is_done_by_halves(
    home: Home, server: PostgresServer
) -> None:
    run(home, server, people(6))
    with psycopg.connect(server.url) as other:
        other.execute("select from shop.members where email like 'person00005%' for update")
        receipt = run(home, server, CHANGED[:4], limits=quick(timeout_seconds=0.3))
        assert (receipt.status, receipt.reason) == ("partial", "PostgreSQL gave up: 57014")
    assert held(server) == wanted(people(6))
    run(home, server, CHANGED[:4])
    assert held(server) == wanted(CHANGED[:4])


def test_a_run_killed_in_the_middle_of_its_transaction_has_done_nothing(
    home: Home, server: PostgresServer
) -> None:
    run(home, server, people(6))
    publish(home, CHANGED)
    waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
    with psycopg.connect(server.url) as other:
        other.execute("select from shop.members where email like 'person00002%' for update")
        killed = child(home, server, "never")
        deadline = time.monotonic() + 30
        while server.query(waiting) == [(0,)] and time.monotonic() < deadline:
            time.sleep(0.02)
        assert killed.poll() is None
        killed.kill()
        killed.wait()
    assert held(server) == wanted(people(6))
    receipt = run(home, server, CHANGED)
    assert (receipt.status, held(server)) == ("settled", wanted(CHANGED))


def test_a_run_killed_between_commit_and_journal_ends_as_the_model_says(
    home: Home, server: PostgresServer
) -> None:
    publish(home, people(12))
    assert child(home, server, "record:1").wait() == -9
    assert held(server) == wanted(people(12))
    receipt = run(home, server, CHANGED)
    assert (receipt.status, held(server)) == ("settled", wanted(CHANGED))
