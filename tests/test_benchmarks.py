"""The benchmarks run and leave rows of one shape; how fast anything is, is not judged here."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer import Typer
from typer.testing import CliRunner

from benchmarks import identity_process
from benchmarks.identity_graph import check
from benchmarks.identity_peers import by_splink
from benchmarks.run import AREAS, main
from sandbox.graph_project import GraphProject

# All areas are measured once, for whichever test asks first.
pytestmark = pytest.mark.timeout(600)
EVENTS = "2000"
Row = dict[str, Any]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


def bench(home: Path, *arguments: str) -> str:
    app = Typer()
    app.command()(main)
    result = CliRunner().invoke(app, ["--events", EVENTS, *arguments], env={"KITH_HOME": str(home)})
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(scope="module")
def measured(home: Path) -> tuple[str, list[Row]]:
    """What all areas print, and their rows."""
    return bench(home), json.loads((home / "bench.json").read_text())


@pytest.fixture
def linked(tmp_path: Path) -> GraphProject:
    """Two components of two nodes each."""
    project = GraphProject.create(tmp_path / "graph")
    project.replace("values ('x', 1, 2, true), ('y', 3, 4, true)")
    return project


def test_every_area_leaves_rows_and_an_unmet_bound_is_no_failure(
    home: Path, measured: tuple[str, list[Row]]
) -> None:
    output, rows = measured
    assert [*dict.fromkeys(row["area"] for row in rows)] == list(AREAS)
    for row in rows:
        assert list(row) == ["area", "name", "ratio", "bound", "holds", "detail"]
        # A count that should be none may be.
        assert row["ratio"] > 0 or row["bound"] == "<= 0"
        assert row["detail"]
        assert (row["bound"] is None) == (row["holds"] is None)
    # So few events cannot make up for what a build of any size costs.
    assert "not kept" in output
    assert {path.name for path in home.iterdir()} == {"bench", "bench.json"}


def test_components_are_bounded_against_scipy_splink_and_themselves(
    measured: tuple[str, list[Row]],
) -> None:
    rows = [row for row in measured[1] if row["area"] == "identity"]
    bounds = [row["bound"] for row in rows]
    against_others = ["<= 1", "<= 0.33", "<= 1.2"]
    against_themselves = [None, "<= 0.03", "<= 0.06", "<= 3", "<= 0.1"]
    rounds_and_explaining = ["<= 20", "<= 1"]
    assert bounds == [*against_others, *against_themselves, *rounds_and_explaining]
    assert all("10,000 edges" in row["name"] for row in rows[:3])
    # Of a path of 256 nodes in bit-reversed order, every round leaves about half.
    assert rows[-2]["ratio"] == 8


def test_components_that_are_not_scipys_are_no_figure(linked: GraphProject) -> None:
    for wrong in ("(1, 1), (2, 1), (3, 3), (4, 4)", "(1, 1), (2, 1), (3, 1), (4, 1)", "(1, 1)"):
        with linked.connect() as connection:
            connection.execute(
                "create or replace table graph.components as "
                f"select * from (values {wrong}) as nodes (node_id, component)"
            )
        with pytest.raises(AssertionError, match="another component"):
            check(linked)


def test_who_takes_too_long_is_stopped_and_said_to_have_taken_that_long(
    linked: GraphProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity_process, "PREPARING_SECONDS", 0)
    stopped = identity_process.run(by_splink, linked.database, 0.2)
    assert stopped == identity_process.Run(0.2, None)


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
