"""The benchmarks run and leave rows of one shape; how fast anything is, is not judged here."""

import json
from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner

from benchmarks.run import AREAS, main

EVENTS = "2000"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


def bench(home: Path, *arguments: str) -> str:
    app = Typer()
    app.command()(main)
    result = CliRunner().invoke(app, ["--events", EVENTS, *arguments], env={"KITH_HOME": str(home)})
    assert result.exit_code == 0, result.output
    return result.output


def test_every_area_leaves_rows_and_an_unmet_bound_is_no_failure(home: Path) -> None:
    output = bench(home)
    rows = json.loads((home / "bench.json").read_text())
    assert [*dict.fromkeys(row["area"] for row in rows)] == list(AREAS)
    for row in rows:
        assert list(row) == ["area", "name", "ratio", "bound", "holds", "detail"]
        assert row["ratio"] > 0
        assert row["detail"]
        assert (row["bound"] is None) == (row["holds"] is None)
    # So few events cannot make up for what a build of any size costs.
    assert "not kept" in output
    assert {path.name for path in home.iterdir()} == {"bench", "bench.json"}


def test_measuring_one_area_keeps_the_rows_of_the_others(home: Path) -> None:
    foreign: dict[str, object] = {"area": "build", "name": "earlier", "ratio": 1.0}
    foreign |= {"bound": None, "holds": None, "detail": "-"}
    gone = {**foreign, "area": "of_old"}
    stale = {**foreign, "area": "load"}
    (home / "bench.json").write_text(json.dumps([stale, gone, foreign]))
    bench(home, "--only", "load")
    rows = json.loads((home / "bench.json").read_text())
    assert [row["area"] for row in rows] == ["load", "load", "build"]
    assert rows[-1] == foreign
    assert stale not in rows


def test_an_unknown_area_is_refused_with_the_names_of_all() -> None:
    app = Typer()
    app.command()(main)
    result = CliRunner().invoke(app, ["--only", "nonsense"])
    assert result.exit_code == 2
    assert all(area in result.output for area in AREAS)
