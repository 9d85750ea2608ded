"""Dropped CSV and Parquet files, and what a declaration must say."""

import os
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.sources.declaration import (
    Declaration,
    DeclarationError,
    Hubspot,
    RecordFiles,
    declarations,
)
from orchestration.sources.intake import LoadReport, load
from orchestration.warehouse import Home, Manifest, connect

HEADER = "campaign_id,spent_on,cost_cents\n"
SPEND = Declaration(
    source="ads",
    table="spend",
    identifier="ads_spend",
    collect=RecordFiles(kind="record_files", path="ads/spend", key=("campaign_id", "spent_on")),
)


def drop(home: Home, name: str, content: str | bytes, *, changed_at: int = 1_000_000_000) -> Path:
    path = home.landing / "ads" / "spend" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    os.utime(path, (changed_at, changed_at))
    return path


def load_spend(home: Home) -> LoadReport:
    return load(home, [SPEND])


def query(home: Home, text: str) -> list[Any]:
    with connect(home.warehouse, read_only=True) as connection:
        return connection.execute(text).fetchall()


def spend(home: Home) -> list[Any]:
    return query(
        home,
        """select record_id, record ->> 'cost_cents', batch_id from raw.ads_spend
        order by record_id, batch_id, updated_at""",
    )


def test_a_row_becomes_a_record_with_the_key_as_its_id(home: Home) -> None:
    drop(home, "a.csv", HEADER + 'c1,2026-01-01,100\nc2,2026-01-01,"1,5 ""x""\nline two"\n')
    assert load_spend(home).batch_id == 1
    assert spend(home) == [
        ("c1|2026-01-01", "100", 1),
        ("c2|2026-01-01", '1,5 "x"\nline two', 1),
    ]


def test_bad_rows_are_quarantined_and_the_rest_of_the_file_loads(home: Home) -> None:
    rows = b"c1,d,1\nc2,d\nc3,d,3,4\n,d,5\nc6,d,\xff\n\nc7,d,oops\n"
    drop(home, "a.csv", HEADER.encode() + rows + b'c8,d,"open\nc9,d,9\n')
    load_spend(home)
    assert [row[:2] for row in spend(home)] == [("c1|d", "1"), ("c7|d", "oops")]
    assert query(home, "select line_number, reason, line from raw.quarantine order by all") == [
        (3, "2 columns where the header has 3", "c2,d"),
        (4, "4 columns where the header has 3", "c3,d,3,4"),
        (5, "no value for the key", '{"campaign_id": null, "spent_on": "d", "cost_cents": "5"}'),
        (6, "not UTF-8", "c6,d,?"),
        (10, "open or misplaced quote", 'c8,d,"open\nc9,d,9'),
    ]
    assert query(home, "select lines, loaded, duplicates, quarantined from raw.loads") == [
        (7, 2, 0, 5)
    ]


def test_a_version_is_stored_when_it_differs_and_also_when_it_returns(home: Home) -> None:
    for day, cost in enumerate((100, 120, 120, 100)):
        drop(home, f"{day}.csv", HEADER + f"c1,d,{cost}\nc2,d,7\n", changed_at=10**9 + day)
        load_spend(home)
    assert spend(home) == [
        ("c1|d", "100", 1),
        ("c1|d", "120", 2),
        ("c1|d", "100", 3),
        ("c2|d", "7", 1),
    ]
    assert query(home, "select batch_id, loaded, duplicates from raw.loads order by file") == [
        (1, 2, 0),
        (2, 1, 1),
        (None, 0, 2),
        (3, 1, 1),
    ]


def test_several_files_of_one_load_are_taken_in_the_order_of_their_change(home: Home) -> None:
    drop(home, "b.csv", HEADER + "c1,d,old\n", changed_at=10**9)
    drop(home, "a.csv", HEADER + "c1,d,new\n", changed_at=10**9 + 1)
    drop(home, "c.csv", HEADER + "c1,d,new\n", changed_at=10**9 + 2)
    load_spend(home)
    assert [cost for _, cost, _ in spend(home)] == ["old", "new"]


def test_of_a_key_twice_in_one_file_the_last_row_stands(home: Home) -> None:
    drop(home, "a.csv", HEADER + "c1,d,1\nc1,d,2\n")
    load_spend(home)
    assert spend(home) == [("c1|d", "2", 1)]
    assert query(home, "select lines, loaded, duplicates from raw.loads") == [(2, 1, 1)]


def test_parquet_files_load_and_an_unreadable_one_is_quarantined_whole(home: Home) -> None:
    target = drop(home, "a.parquet", b"")
    duckdb.sql(
        f"copy (select 'c1' as campaign_id, date '2026-01-01' as spent_on, 5 as cost_cents"
        f" union all select null, null, 6) to '{target}'"
    )
    drop(home, "b.parquet", b"PAR1 nonsense")
    drop(home, "c.csv", HEADER + "c2,d,7\n")
    load_spend(home)
    assert spend(home) == [("c1|2026-01-01", "5", 1), ("c2|d", "7", 1)]
    found = query(home, "select file, line_number, reason from raw.quarantine order by all")
    assert [(file, reason) for file, _, reason in found] == [
        ("ads/spend/a.parquet", "no value for the key"),
        ("ads/spend/b.parquet", "unreadable file"),
    ]
    assert found[1][1] is None


def test_a_file_without_rows_is_in_the_ledger(home: Home) -> None:
    drop(home, "a.csv", "")
    drop(home, "b.csv", HEADER)
    assert load_spend(home).batch_id is None
    assert query(home, "select lines from raw.loads") == [(0,), (0,)]


class Declared(Manifest):
    """A manifest of a source table with the given declaration, and perhaps of others."""

    def __init__(self, collect: dict[str, Any], **others: dict[str, Any]) -> None:
        super().__init__()
        tables = {
            name: {
                "source_name": "ads",
                "name": name,
                "identifier": f"ads_{name}",
                "original_file_path": "models/staging/ads/_ads.yml",
                "config": {"meta": {"collect": declared}},
            }
            for name, declared in {"spend": collect, **others}.items()
        }
        self.__dict__["content"] = {"sources": tables}


def test_a_declaration_is_read_from_the_manifest() -> None:
    (found,) = declarations(Declared({"kind": "record_files", "path": "ads/spend", "key": ["a"]}))
    assert (found.landing.as_posix(), found.is_dropped) == ("ads/spend", True)
    (found,) = declarations(Declared({"kind": "hubspot", "object": "deals", "properties": ["a"]}))
    assert isinstance(found.collect, Hubspot)
    assert (found.landing.as_posix(), found.is_dropped) == ("ads/spend", False)


@pytest.mark.parametrize(
    ("collect", "field"),
    [
        ({"kind": "record_files", "path": "ads/spend"}, "meta.collect.key: is missing"),
        ({"kind": "record_files", "path": "x", "key": []}, "meta.collect.key: is empty"),
        ({"kind": "record_files", "path": "/etc", "key": ["a"]}, "a folder within landing/"),
        ({"kind": "record_files", "path": "../x", "key": ["a"]}, "a folder within landing/"),
        ({"kind": "event_files", "paths": "x"}, "did you mean path?"),
        ({"kind": "hubspt"}, "meta.collect.kind: there is no hubspt; did you mean hubspot?"),
        ({"kind": "zoho", "object": "Contact"}, "object Contact is none of Accounts, Calls"),
        ({"path": "x"}, "meta.collect.kind: there is no kind"),
    ],
)
def test_a_wrong_declaration_names_file_table_field_and_remedy(
    collect: dict[str, Any], field: str
) -> None:
    with pytest.raises(DeclarationError) as wrong:
        declarations(Declared(collect))
    for part in ("models/staging/ads/_ads.yml", "ads.spend", field, "dbt parse"):
        assert part in str(wrong.value)


def test_two_tables_cannot_share_a_folder() -> None:
    dropped = {"kind": "record_files", "path": "ads/spend", "key": ["a"]}
    with pytest.raises(DeclarationError, match=r"ads.budget: landing/ads/spend is .* ads.spend"):
        declarations(Declared(dropped, budget=dropped))
