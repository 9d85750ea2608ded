"""The tracking plan itself: what a schema may say, and what is wrong with one that says more."""

import csv
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.tracking import TrackingError, read_plan
from orchestration.tracking_page import MESSAGE_TYPES, plan_table
from orchestration.warehouse import PROJECT
from tests.front_door.plans import plan


@pytest.mark.parametrize(
    ("keyword", "argument", "remedy"),
    [
        ("format", "email", "remove it, or use type, properties"),
        ("anyOf", [{"type": "string"}], "remove it, or use type, properties"),
        ("type", "decimal", "give one or several of string, number"),
        ("minimum", "0", "give a number"),
        ("minLength", -1, "give a whole number from 0"),
        ("enum", [], "give texts, numbers"),
        ("enum", [{"a": 1}], "give texts, numbers"),
        ("pattern", "(?=lookahead)", "a regular expression of RE2"),
        ("pattern", 5, "a regular expression of RE2"),
        ("items", [{"type": "string"}], "give one schema for all elements"),
        ("additionalProperties", {"type": "string"}, "give true or false"),
        ("required", "order_id", "give a list of names"),
        ("properties", ["order_id"], "give a schema per name"),
        ("properties", {'a"b': {}}, "a name with a quote"),
        ("properties", {"a": 5}, "a schema is an object, or true"),
    ],
)
def test_a_schema_that_cannot_be_checked_is_refused_with_its_place_and_a_remedy(
    tmp_path: Path, keyword: str, argument: object, remedy: str
) -> None:
    folder = plan(tmp_path / "tracking", schema={"properties": {"total": {keyword: argument}}})
    with pytest.raises(TrackingError) as refusal:
        read_plan(folder)
    assert str(refusal.value).startswith("tracking/order_completed.json: properties.total")
    assert remedy in str(refusal.value)


@pytest.mark.parametrize(
    ("top", "remedy"),
    [
        ({"title": None}, "`title`: give the event's name"),
        ({"x-mode": "block"}, "`x-mode`: give one of allow, warn, quarantine"),
        ({"anyOf": []}, "`anyOf`: of a message itself only its parts can be checked"),
        ({"required": ["userId"]}, "`userId`: only properties, context, traits can be checked"),
    ],
)
def test_a_schema_says_of_which_event_it_is_and_what_becomes_of_violations(
    tmp_path: Path, top: dict[str, Any], remedy: str
) -> None:
    with pytest.raises(TrackingError, match=f"tracking/order_completed.json: message: {remedy}"):
        read_plan(plan(tmp_path / "tracking", **top))


def test_a_file_that_is_no_json_and_a_second_file_of_an_event_are_refused(tmp_path: Path) -> None:
    folder = plan(tmp_path / "tracking")
    (folder / "orders.json").write_text((folder / "order_completed.json").read_text())
    with pytest.raises(TrackingError, match=r"orders\.json.*order_completed\.json is about"):
        read_plan(folder)
    (folder / "orders.json").write_text("{")
    with pytest.raises(TrackingError, match=r"orders\.json.*this is no JSON"):
        read_plan(folder)


def test_an_event_without_a_check_costs_nothing(tmp_path: Path) -> None:
    [event] = read_plan(plan(tmp_path / "tracking", "allow"))
    assert (event.event_name, event.mode, event.rules) == ("Order Completed", "allow", ())


def test_every_schema_is_about_an_event_of_the_catalog_and_is_named_after_it() -> None:
    with (PROJECT / "seeds/event_catalog.csv").open() as catalog:
        known = {row["event_name"] for row in csv.DictReader(catalog)}
    for event in read_plan():
        assert event.event_name in {*known, *MESSAGE_TYPES}, f"{event.file.name}: no row"
        assert event.file.stem == event.event_name.lower().replace(" ", "_")


def test_the_list_of_events_says_which_lack_a_schema_or_a_row_in_the_catalog(
    tmp_path: Path,
) -> None:
    catalog = tmp_path / "catalog.csv"
    catalog.write_text("event_name,category\nSigned Up,account\n")
    folder = plan(tmp_path / "tracking", "warn")
    (folder / "identify.json").write_text('{"title": "identify", "x-mode": "allow"}')
    rows = zip(*(column.cells for column in plan_table(folder, catalog).columns), strict=True)
    assert [tuple(map(str, row)) for row in rows] == [
        ("Signed Up", "-", "-", "a schema in tracking/"),
        ("Order Completed", "warn", "27", "a row in seeds/event_catalog.csv"),
        ("identify", "allow", "0", ""),
    ]


def test_the_command_lists_the_plan_of_this_project() -> None:
    result = CliRunner().invoke(app, ["tracking"])
    assert result.exit_code == 0
    assert "Order Completed" in result.output
