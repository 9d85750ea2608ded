"""What Dagster says of the sources after a load: stale, of an unusual size, against the plan."""

import json
from pathlib import Path
from typing import Any

import pytest

from orchestration.source_checks import source_checks
from orchestration.sources.statements import statement
from orchestration.warehouse import Home, Manifest, connect
from tests.front_door.landing import drop, line
from tests.front_door.plans import load_by, plan


def source(
    name: str, folder: str, freshness: dict[str, Any] | None, **volume: float
) -> dict[str, Any]:
    bounds = {"least_percent": 20, "most_percent": 500, **volume}
    collect: dict[str, Any] = {"kind": "event_files", "path": folder}
    if folder != "events":
        collect = {"kind": "record_files", "path": folder, "key": ["id"]}
    return {
        "source_name": name,
        "name": "rows",
        "identifier": f"{name}_rows",
        "original_file_path": "",
        "config": {"meta": {"collect": collect, "volume": bounds}, "freshness": freshness},
    }


@pytest.fixture
def manifest(tmp_path: Path) -> Manifest:
    """Four sources; one is never stale, one may be of any size."""
    day = {"warn_after": {"count": 1, "period": "day"}, "error_after": {"count": None}}
    sources = [
        source("events", "events", day),
        source("shop", "shop/orders", day),
        source("shops", "shop/orders_of_old", None, least_percent=0),
        source("silent", "silent", day),
    ]
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps({"sources": dict(enumerate(sources))}))
    return Manifest(path)


def results(
    manifest: Manifest, home: Home, monkeypatch: pytest.MonkeyPatch
) -> dict[str, tuple[bool, dict[str, Any]]]:
    """Per source and check: whether it passed, and what it says."""
    monkeypatch.setenv("KITH_HOME", str(home.root))
    found: Any = source_checks(manifest)()
    return {
        f"{each.asset_key.path[0]} {each.check_name}": (
            each.passed,
            {label: value.value for label, value in each.metadata.items()},
        )
        for each in found
    }


def test_a_source_with_nothing_new_and_a_batch_of_another_size_are_warned_of(
    manifest: Manifest, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connect(home.warehouse) as connection:
        connection.execute(statement("raw_tables"))
        connection.execute(statement("tracking_tables"))
        # Seven batches of a hundred rows, of which the last is not.
        for folder, newest, hours in (
            ("events", 100, 30), ("shop/orders", 19, 23), ("shop/orders_of_old", 1, 9999),
        ):  # fmt: skip
            connection.execute(
                "insert into raw.loads select batch, '', ? || '/' || batch, 0, 0, "
                "case batch when 7 then ? else 100 end, 0, 0, "
                "cast(now() at time zone 'UTC' as timestamp) - to_hours(?) "
                "from range(1, 8) as batches(batch)",
                [folder, newest, hours],
            )
        connection.execute("insert into raw.loads values (8, '', 'shop/orders/8', 0,9,0,9,0,now())")
    found = results(manifest, home, monkeypatch)
    assert {name: passed for name, (passed, _) in found.items()} == {
        "events freshness": False,
        "events volume": True,
        "shop freshness": True,
        "shop volume": False,
        "shops freshness": True,
        "shops volume": True,
        "silent freshness": True,
        "silent volume": True,
        "events tracking_plan": True,
    }
    assert found["shop volume"][1] == {"rows_of_newest_batch": 19, "usual_rows": 100}
    assert found["events freshness"][1] == {
        "hours_since_anything_new": 30,
        "stale_after_hours": 24.0,
    }


def test_what_breaks_the_tracking_plan_is_counted_and_not_shown(
    manifest: Manifest, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = {"event": "Order Completed", "properties": {"total": "ann@example.com"}}
    drop(home, "a.ndjson", [line(1, **wrong), line(2)])
    load_by(home, plan(tmp_path / "tracking"))
    drop(home, "b.ndjson", [line(3, **wrong), line(4, **wrong)])
    load_by(home, tmp_path / "tracking")
    assert results(manifest, home, monkeypatch)["events tracking_plan"] == (
        False,
        {
            "Order Completed: messages in violation": 2,
            "Order Completed: messages held": 3,
        },
    )
