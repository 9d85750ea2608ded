"""A table of members in the tests' own PostgreSQL server, and syncs that write it."""

import subprocess
import sys
from typing import Any

from orchestration.activation.declaration import Sync
from orchestration.activation.receipt import Receipt
from orchestration.activation.run import sync
from orchestration.warehouse import PROJECT, Home
from tests.activation_world import Person, hubspot_sync, publish, quick, rows
from tests.destinations.postgres_server import PostgresServer

TABLE = """
    drop schema if exists shop cascade;
    create schema shop;
    create table shop.members (
        email text not null unique check (email like '%@%'),
        first_name varchar(20),
        revenue integer,
        note text default 'by hand'
    )
"""
MAP = {"email": "email", "first_name": "first_name", "revenue": "revenue_cents"}


def table_sync(**changes: object) -> Sync:
    plain: dict[str, Any] = {
        "name": "postgres_members",
        "destination": "postgres",
        "object": None,
        "match": "email",
        "options": {"table": "shop.members"},
        "map": MAP,
        "limits": quick(batch=5),
    }
    return hubspot_sync(**{**plain, **changes})


def run(home: Home, server: PostgresServer, persons: list[Person], **changes: object) -> Receipt:
    """Publishes these people and syncs."""
    publish(home, persons)
    return sync(table_sync(**changes), home, {"POSTGRES_URL": server.url})


def held(server: PostgresServer) -> dict[str, str]:
    return dict(server.query("select email, first_name from shop.members"))


def rejected(home: Home) -> list[tuple[Any, ...]]:
    query = "select customer_id, code from activation.sync_rejections where is_open order by all"
    return rows(home, query)


def child(home: Home, server: PostgresServer, where: str) -> "subprocess.Popen[bytes]":
    """The sync in a process of its own, which is killed there."""
    file = home.root / "sync.json"
    file.write_text(table_sync(limits=quick(timeout_seconds=30)).model_dump_json())
    command = [sys.executable, "-m", "tests.activation_child", str(home.root), str(file), where]
    return subprocess.Popen(command, cwd=PROJECT, env={"POSTGRES_URL": server.url})
