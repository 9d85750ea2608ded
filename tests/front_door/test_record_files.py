"""What CSV, Parquet and Excel files may hold, and what of it is refused with which reason."""

import os
import random
from pathlib import Path
from typing import Any

import pytest

from orchestration.sources.declaration import Declaration, RecordFiles
from orchestration.sources.intake import LoadReport, load
from orchestration.warehouse import Home, connect
from tests.front_door.workbook import DATE, HOUR, MOMENT, Cell, workbook

HEADER = ["id", "name"]


def declared(sheet: str | None = None) -> Declaration:
    wanted = RecordFiles(kind="record_files", path="club/members", key=("id",), sheet=sheet)
    return Declaration(source="club", table="members", identifier="club_members", collect=wanted)


class Club:
    """A folder that members' files are dropped into."""

    def __init__(self, home: Home) -> None:
        self.home = home

    def path(self, name: str) -> Path:
        path = self.home.landing / "club" / "members" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def drop(self, name: str, content: bytes) -> Path:
        path = self.path(name)
        path.write_bytes(content)
        os.utime(path, (10**9, 10**9))
        return path

    def sheet(self, name: str, *rows: list[Cell]) -> Path:
        return workbook(self.path(name), {"Members": rows})

    def load(self, sheet: str | None = None) -> LoadReport:
        return load(self.home, [declared(sheet)])

    def records(self) -> list[tuple[str, str]]:
        return self.rows("select record_id, record ->> 'name' from raw.club_members order by all")

    def reasons(self) -> list[tuple[int | None, str]]:
        return self.rows("select line_number, reason from raw.quarantine order by all")

    def rows(self, text: str) -> list[Any]:
        with connect(self.home.warehouse, read_only=True) as connection:
            return connection.execute(text).fetchall()


@pytest.fixture
def club(home: Home) -> Club:
    return Club(home)


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfid,name\r\n1,Zo\xc3\xab\r\n",
        b"id;name\r\n1;Zo\xc3\xab\r\n;\r\n",
        b"\n\nname\tid\nZo\xc3\xab\t1\n",
        b"id|name\n1|Zo\xc3\xab\n",
        b' id ,name,\n1,"Zo\xc3\xab",\n,,\n',
    ],
    ids=["byte order mark and CRLF", "semicolons", "tabs", "bars", "loose ends"],
)
def test_a_csv_file_is_read_as_programs_write_it(club: Club, content: bytes) -> None:
    club.drop("A.CSV", content)
    club.load()
    assert club.records() == [("1", "Zoë")]
    assert club.rows("select json_keys(record) from raw.club_members")[0][0].count("") == 0
    assert club.reasons() == []


def test_a_cell_of_ten_megabytes_is_only_a_long_cell(club: Club) -> None:
    club.drop("a.csv", b"id,name\n1," + b"x" * 10_000_000 + b"\n2,Ann\n")
    club.load()
    assert [(each, len(name)) for each, name in club.records()] == [("1", 10_000_000), ("2", 3)]


def test_rows_that_mean_nothing_certain_are_quarantined(club: Club) -> None:
    club.drop("a.csv", b"id,name,\n1,A\0nn,\n2,Bo\xe9,\n3,Cy,?\n4,Di,\n")
    club.load()
    assert club.records() == [("4", "Di")]
    assert club.reasons() == [
        (2, "NUL character"),
        (3, "not UTF-8"),
        (4, "a value in a column without a name"),
    ]


def test_a_file_that_cannot_be_told_is_refused_whole(club: Club) -> None:
    club.drop("a.csv", "id,name\n1,Ann\n".encode("utf-16"))
    club.drop("b.csv", b"id,name,name\n1,Ann,Anna\n")
    club.sheet("c.xlsx", ["id", "name", "name "], [1, "Ann", "Anna"])
    club.drop("d.xlsx", b"id,name\n1,Ann\n")
    club.drop("e.parquet", b"")
    club.drop("f.xls", b"")
    club.drop("g.csv", "id,prénom\n1,Ann\n".encode("latin-1"))
    club.drop("h.csv", b"id,na\0me\n1,Ann\n")
    club.drop("i.csv", b"ident,name\n1,Ann\n")
    club.sheet("j.xlsx", ["ident", "name"], [1, "Ann"])
    club.load()
    assert club.records() == []
    assert club.rows("select file, reason from raw.quarantine order by all") == [
        ("club/members/a.csv", "not UTF-8"),
        ("club/members/b.csv", "columns 2 and 3 have the same name"),
        ("club/members/c.xlsx", "columns 2 and 3 have the same name"),
        ("club/members/d.xlsx", "unreadable file"),
        ("club/members/f.xls", "unknown type of file: expected .csv, .parquet, .xlsx"),
        ("club/members/g.csv", "not UTF-8"),
        ("club/members/h.csv", "NUL character"),
        ("club/members/i.csv", "the header lacks id, which the key needs"),
        ("club/members/j.xlsx", "the header lacks id, which the key needs"),
    ]


def test_values_of_a_sheet_become_what_they_stand_for(club: Club) -> None:
    club.sheet(
        "a.xlsx",
        [None, None],
        ["id", "day", "at", "hour", "points", "is_gold", "card", "name", "error", "sum", "open"],
        [
            42,
            (46143, DATE),
            (46143.5, MOMENT),
            (0.5, HOUR),
            12.5,
            True,
            "007",
            {"type": "str", "formula": "UPPER(A2)", "value": "ANN"},
            {"type": "e", "formula": "1/0", "value": "#DIV/0!"},
            {"formula": "1+1", "value": "2"},
            {"formula": "A1"},
        ],
        [None, None],
        ["043", None, None, None, 0],
    )
    club.load()
    texts = club.rows(
        "select record_id, cast(record as varchar) from raw.club_members order by all"
    )
    assert [each[0] for each in texts] == ["043", "42"]
    assert texts[1][1] == (
        '{"id": 42, "day": "2026-05-01", "at": "2026-05-01T12:00:00", "hour": "12:00:00", '
        '"points": 12.5, "is_gold": true, "card": "007", "name": "ANN", "error": null, '
        '"sum": 2, "open": null}'
    )


def test_the_sheet_is_the_one_named_or_the_first_that_people_see(club: Club) -> None:
    sheets: dict[str, list[list[Cell]]] = {
        "Codes": [["id", "name"], [1, "hidden"]],
        "Members": [["id", "name"], [2, "seen"]],
        "Guests": [["id", "name"], [3, "named"]],
    }
    workbook(club.path("a.xlsx"), sheets, hidden="Codes")
    club.load()
    assert club.records() == [("2", "seen")]
    workbook(club.path("b.xlsx"), sheets, hidden="Codes")
    club.load("Guests")
    assert club.records() == [("2", "seen"), ("3", "named")]
    workbook(club.path("c.xlsx"), sheets)
    club.load("Nobody")
    assert club.reasons() == [(None, "no sheet Nobody")]


def test_rows_of_a_sheet_are_quarantined_by_the_number_that_people_see(club: Club) -> None:
    club.sheet("a.xlsx", [None], ["id", "name"], [1, "Ann"], [None], [None, "Bo"], [3, "Cy", "?"])
    club.load()
    assert club.records() == [("1", "Ann")]
    assert club.rows("select line_number, reason, line from raw.quarantine order by all") == [
        (5, "no value for the key", '{"id": null, "name": "Bo"}'),
        (6, "a value in a column without a name", '[3, "Cy", "?"]'),
    ]


def test_one_cell_far_away_does_not_take_all_memory(club: Club) -> None:
    club.sheet("a.xlsx", ["id", "name"], [1, "Ann"], [{"at": "XFD1048576", "value": "1"}])
    club.sheet("b.xlsx", ["id", "name"], [2, "Bo"])
    club.load()
    assert club.records() == [("2", "Bo")]
    assert club.reasons() == [(None, "a cell too far from the others: delete it in the sheet")]


def test_a_damaged_workbook_never_stops_the_load(club: Club) -> None:
    whole = club.sheet("a.xlsx", ["id", "name"], [1, "Ann"]).read_bytes()
    chance = random.Random(7)  # noqa: S311 - which bytes are damaged is no secret
    for number in range(60):
        damaged = bytearray(whole)
        for _ in range(3):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        cut = chance.randrange(len(damaged)) if number % 2 else len(damaged)
        club.drop(f"b{number}.xlsx", bytes(damaged[:cut]))
    club.load()
    assert ("1", "Ann") in club.records()
    assert {reason for _, reason in club.reasons()} >= {"unreadable file"}


def test_a_file_that_is_still_copied_and_one_that_is_open_in_excel_wait(club: Club) -> None:
    whole = club.sheet("a.xlsx", ["id", "name"], [1, "Ann"])
    content = whole.read_bytes()
    whole.write_bytes(content[:-30])
    club.path("~$a.xlsx").write_bytes(b"Ann")
    assert club.load().waiting == ("club/members/a.xlsx",)
    whole.write_bytes(content)
    assert club.load().batch_id == 1
    assert club.records() == [("1", "Ann")]


def test_a_new_column_is_kept_and_another_type_is_its_own_text(club: Club) -> None:
    club.drop("a.csv", b"id,name\n1,7\n")
    assert club.load().tables[0].new_fields is None
    club.sheet("b.xlsx", ["id", "name", "tier"], [1, 7, "gold"], [2, {"type": "b", "value": "1"}])
    (table,) = club.load().tables
    assert table.new_fields == "id (number), name (boolean), name (number), tier (text)"
    assert club.rows(
        "select record_id, record ->> 'name', record ->> 'tier' from raw.club_members"
        " order by batch_id, 1"
    ) == [("1", "7", None), ("1", "7", "gold"), ("2", "true", None)]
