"""dlt sources that nobody here wrote: dlt's own for REST APIs, files and databases."""

import json
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster_dlt import DagsterDltResource
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from orchestration.collect import collect_assets
from orchestration.sources.declaration import Declaration
from orchestration.sources.intake import load
from orchestration.sources.pipelines import landing_pipeline, vendor_source
from orchestration.sources.vendor import VendorError
from orchestration.warehouse import Home, Manifest, connect
from sandbox.vendors.emulator import Emulator
from sandbox.vendors.limits import RollingLimit
from tests.activation_world import served

REST: dict[str, Any] = {
    "kind": "dlt",
    "resource": "dlt.sources.rest_api:rest_api_source",
    "arguments": {
        "config": {
            "client": {
                "base_url": "$CLUB_URL",
                "auth": {"type": "bearer", "token": "$CLUB_TOKEN"},
                "paginator": {"type": "page_number", "base_page": 1, "total_path": None},
            },
            "resources": [
                {
                    "name": "members",
                    "endpoint": {
                        "path": "members",
                        "data_selector": "members",
                        "incremental": {
                            "start_param": "since",
                            "cursor_path": "changed.at",
                            "initial_value": "2000-01-01T00:00:00Z",
                        },
                    },
                }
            ],
        }
    },
    "key": ["card.number"],
    "updated_at": "changed.at",
}


class Club(Emulator):
    """Members by page, two a page, from a moment on."""

    def __init__(self) -> None:
        super().__init__([Route("/members", self._members)], RollingLimit(10**6, 1))
        self.members: list[dict[str, Any]] = []
        self.asked: list[str] = []

    def is_authorized(self, request: Request) -> bool:
        return request.headers.get("authorization") == "Bearer open-sesame"

    def error(self, status: int) -> object:
        return {"status": status}

    def dump(self) -> dict[str, Any]:
        return {}

    async def _members(self, request: Request) -> Response:
        since, page = request.query_params["since"], int(request.query_params["page"])
        self.asked.append(since)
        found = [each for each in self.members if each["changed"]["at"] >= since]
        return JSONResponse({"members": found[2 * page - 2 : 2 * page]})


def member(number: int, at: str, **more: object) -> dict[str, Any]:
    return {"card": {"number": number}, "changed": {"at": at, "by": "till"}, **more}


def declared(collect: dict[str, Any]) -> Declaration:
    names = {"source": "club", "table": "members", "identifier": "club_members"}
    return Declaration.model_validate({**names, "collect": collect})


def collected(home: Home, collect: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """Collects, and returns what that added: id, moment of change, record."""
    pipeline = landing_pipeline(home, "club")
    pipeline.drop()
    table = declared(collect)
    pipeline.run(vendor_source("club", [table]))
    batch = load(home, [table]).batch_id
    with connect(home.warehouse, read_only=True) as connection:
        found = connection.execute(
            "select record_id, updated_at, record from raw.club_members where batch_id = ?"
            " order by all",
            [batch],
        ).fetchall()
    return [(record_id, updated_at, json.loads(text)) for record_id, updated_at, text in found]


@pytest.fixture(autouse=True)
def installation(home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("KITH_HOME", str(home.root))
    yield
    for name in list(os.environ):
        if name.startswith(("DLT_", "LOAD__", "RUNTIME__")):
            del os.environ[name]


@pytest.fixture
def club(monkeypatch: pytest.MonkeyPatch) -> Iterator[Club]:
    club = Club()
    with served(club) as at:
        monkeypatch.setenv("CLUB_URL", at.url)
        monkeypatch.setenv("CLUB_TOKEN", "open-sesame")
        yield club


def test_an_api_is_read_by_dlts_own_source_with_its_own_memory(home: Home, club: Club) -> None:
    club.members = [member(n, f"2026-05-01T10:00:0{n}Z", name=f"n{n}") for n in range(3)]
    first = collected(home, REST)
    assert [each[0] for each in first] == ["0", "1", "2"]
    assert first[0][1:] == (
        "2026-05-01T10:00:00.000Z",
        {"card": {"number": 0}, "changed": {"by": "till"}, "name": "n0"},
    )
    assert collected(home, REST) == []
    assert set(club.asked) == {"2000-01-01T00:00:00Z", "2026-05-01T10:00:02Z"}
    club.members[1] = member(1, "2026-05-02T10:00:00Z", name=["another", "type"], tier="gold")
    (changed,) = collected(home, REST)
    assert changed[2]["tier"] == "gold"
    assert changed[2]["name"] == ["another", "type"]


def test_files_are_read_by_dlts_own_source(home: Home, tmp_path: Path) -> None:
    (tmp_path / "drop").mkdir()
    lines = [{"id": 7, "name": "Ann"}, {"id": None, "name": "nobody"}]
    (tmp_path / "drop" / "a.jsonl").write_text("\n".join(map(json.dumps, lines)))
    read = {
        "kind": "dlt",
        "resource": "dlt.sources.filesystem:readers",
        "object": "read_jsonl",
        "arguments": {"bucket_url": str(tmp_path / "drop"), "file_glob": "*.jsonl"},
        "key": ["id"],
    }
    assert [each[0] for each in collected(home, read)] == ["7"]
    with connect(home.warehouse, read_only=True) as connection:
        refused = connection.execute("select reason from raw.quarantine").fetchall()
    assert refused == [("no record id",)]


@pytest.mark.parametrize("backend", ["sqlalchemy", "pyarrow"])
def test_tables_of_arrow_and_columns_of_its_own_become_records(
    home: Home, tmp_path: Path, backend: str
) -> None:
    with sqlite3.connect(tmp_path / "club.db") as club:
        club.execute("create table members (id int not null, since timestamp, spent decimal(9, 2))")
        club.execute("insert into members values (7, '2026-05-01 10:00:00', 12.5)")
    read = {
        "kind": "dlt",
        "resource": "dlt.sources.sql_database:sql_table",
        "arguments": {
            "credentials": f"sqlite:///{tmp_path}/club.db",
            "table": "members",
            "backend": backend,
            "defer_table_reflect": True,
        },
        "key": ["id"],
        "updated_at": "since",
    }
    (found,) = collected(home, read)
    assert found[:2] == ("7", "2026-05-01T10:00:00.000000Z")
    assert float(found[2]["spent"]) == 12.5


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"resource": "dlt.sources.nothing:here"}, "could not be called: ModuleNotFoundError"),
        ({"resource": "json:dumps", "arguments": {"obj": 1}}, "returns no dlt resource"),
        ({"arguments": {"nonsense": 1}}, "could not be called: TypeError"),
        ({"object": "guests"}, "object guests is none of members"),
    ],
)
@pytest.mark.usefixtures("club")
def test_a_resource_that_cannot_be_made_is_named(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(VendorError, match=words):
        vendor_source("club", [declared(REST | changes)])


class Declared(Manifest):
    """A manifest of the club's members."""

    def __init__(self) -> None:
        super().__init__()
        table = {
            "source_name": "club",
            "name": "members",
            "identifier": "club_members",
            "original_file_path": "x.yml",
            "config": {"meta": {"collect": REST}},
        }
        self.__dict__["content"] = {"sources": {"one": table}}


@pytest.mark.parametrize("token", ["wrong-token", None])
@pytest.mark.usefixtures("club")
def test_a_source_of_others_that_fails_stops_nothing_and_tells_no_secret(
    monkeypatch: pytest.MonkeyPatch, token: str | None
) -> None:
    if token is None:
        monkeypatch.delenv("CLUB_TOKEN")
    else:
        monkeypatch.setenv("CLUB_TOKEN", token)
    result = dg.materialize(
        collect_assets(Declared()), resources={"dlt": DagsterDltResource()}, raise_on_error=False
    )
    (check,) = result.get_asset_check_evaluations()
    assert result.success
    cause = str(check.metadata["cause"].value)
    assert check.passed == (token is None)
    assert ("CLUB_TOKEN not set" if token is None else "club: its dlt source failed") in cause
    assert "wrong-token" not in cause
