"""`kith identity preview`: what an edit of the rules would do, without doing it."""

import fcntl
import hashlib
import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from orchestration import cli, launch, warehouse
from orchestration.preview import Preview
from orchestration.serve import publish
from orchestration.sources.declaration import declarations
from orchestration.sources.intake import load
from orchestration.warehouse import PROJECT, Home, Manifest
from tests.front_door.landing import drop, line
from tests.raw_history import Warehouse

# As a run of the web UI would, which takes no lock of ours.
HOLDER = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1])
print("held", flush=True)
sys.stdin.read()
"""
RULES = ("dbt_project.yml", "profiles.yml", "models", "macros", "seeds", "tests/conservation")
PHONE = "+49 30 5550101"


def order(number: int, user: str, cents: int) -> bytes:
    properties = {"order_id": f"o{number}", "total": cents / 100, "currency": "USD"}
    return line(
        number, event="Order Completed", userId=user, channel="server", properties=properties
    )


def identify(number: int, user: str, **traits: str) -> bytes:
    return line(number, type="identify", userId=user, anonymousId=None, traits=traits)


# Ann and her second account share an address; Bob has one account and two addresses; Cy is alone.
MESSAGES = [
    identify(1, "ann", email="ann@acme.example", phone=PHONE),
    identify(2, "ann-too", email="ann@acme.example"),
    identify(3, "bob", email="bob@acme.example"),
    identify(4, "bob", email="bob@second.example"),
    identify(5, "cy", email="cy@acme.example"),
    order(6, "ann", 10_00),
    order(7, "bob", 20_00),
    order(8, "cy", 40_00),
    order(9, "dan", 80_00),
]
OVERRIDE = "always,user_id,cy,user_id,dan,Kim,one household's steward asked,2026-01-01\n"


@dataclass(frozen=True)
class Edited:
    """What two previews said of a tightened limit and a steward's decision."""

    masked: Result
    shown: Preview


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, manifest: Manifest) -> Home:
    home = Home(tmp_path_factory.mktemp("previewed"))
    drop(home, "first.ndjson", MESSAGES)
    load(home, declarations(manifest))
    Warehouse(home).build()
    publish(home)
    (home.root / "run.lock").touch()
    return home


@pytest.fixture(scope="module")
def edited(home: Home, tmp_path_factory: pytest.TempPathFactory) -> Edited:
    """An address proves nothing any more for two accounts, and a steward links two people."""
    project = tmp_path_factory.mktemp("working-tree")
    for part in RULES:
        if (PROJECT / part).is_dir():
            shutil.copytree(PROJECT / part, project / part)
        else:
            shutil.copyfile(PROJECT / part, project / part)
    types = project / "seeds" / "identifier_types.csv"
    rules = types.read_text()
    tightened, found = re.subn(r"^(email,\d+,false,10),3,", r"\1,1,", rules, flags=re.M)
    assert found == 1
    types.write_text(tightened)
    with (project / "seeds" / "identity_overrides.csv").open("a") as overrides:
        overrides.write(OVERRIDE)
    with pytest.MonkeyPatch.context() as working_tree:
        working_tree.setattr(launch, "PROJECT", project)
        working_tree.setattr(warehouse, "PROJECT", project)
        masked = kith(home, "--fail-above", "50")
        shown = kith(home, "--json", "--show-values")
    return Edited(masked, Preview(**without_percent(shown.stdout)))


def without_percent(text: str) -> dict[str, object]:
    answer: dict[str, object] = json.loads(text)
    del answer["changed_percent"]
    return answer


def kith(home: Home, *arguments: str) -> Result:
    """Run `kith identity preview`; whatever it says, the home stays as it is to the byte."""
    before = contents(home)
    result = CliRunner().invoke(
        cli.app, ["identity", "preview", *arguments], env={"KITH_HOME": str(home.root)}
    )
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert contents(home) == before
    return result


def contents(home: Home) -> dict[str, str]:
    return {
        str(file.relative_to(home.root)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in home.root.rglob("*")
        if file.is_file()
    }


@pytest.fixture(autouse=True)
def wide_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli.console, "width", 200)


def test_a_tightened_limit_splits_and_an_override_merges(edited: Edited) -> None:
    found = edited.shown
    assert (found.customers_before, found.customers_after) == (4, 5)
    assert (found.changed, found.split, found.merged) == (3, 1, 2)
    assert found.refused == {"shared by too many": 2}
    assert found.used == {"new link": 1}
    split, merge = sorted(found.examples, key=lambda each: each.kind, reverse=True)
    assert [part.identifiers for part in split.parts] == [2, 1, 1]
    assert {
        (each.identifier_type, each.identifier_value)
        for part in merge.parts
        for each in part.examples
    } == {("user_id", "cy"), ("email", "cy@acme.example"), ("user_id", "dan")}


def test_the_biggest_new_customer_and_the_revenue_of_the_changed_are_told(edited: Edited) -> None:
    assert edited.shown.biggest_new
    assert edited.shown.biggest_new.identifiers == 3
    assert edited.shown.revenue_cents == 10_00 + 40_00 + 80_00


def test_values_are_masked_unless_asked_for(edited: Edited) -> None:
    assert "user_id c•••" in edited.masked.stdout
    for value in ("cy@acme", "ann-too", "30555", "acme.example"):
        assert value not in edited.masked.stdout


def test_a_change_of_more_customers_than_allowed_fails_by_its_exit_code(edited: Edited) -> None:
    assert "3 of them would change (75.00 %)" in edited.masked.stdout.replace("  ", " ")
    assert edited.masked.exit_code == 2


def test_rules_that_stay_as_they_are_change_nothing(home: Home) -> None:
    result = kith(home, "--fail-above", "0")
    assert result.exit_code == 0
    assert "Nothing would change: all 4 customers stay who they are" in result.stdout


def test_while_a_run_is_under_way_a_preview_is_refused(home: Home) -> None:
    with (home.root / "run.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        result = kith(home)
    assert result.exit_code == 1
    assert "A run is under way" in result.stdout


def test_while_something_else_writes_the_warehouse_a_preview_is_refused(home: Home) -> None:
    command = [sys.executable, "-c", HOLDER, str(home.warehouse)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdin and holder.stdout and holder.stdout.readline() == "held\n"
        result = kith(home)
        holder.stdin.close()
    assert result.exit_code == 1
    assert "A run is under way" in result.stdout


def test_without_data_a_preview_says_what_to_do(tmp_path: Path) -> None:
    result = kith(Home(tmp_path))
    assert result.exit_code == 1
    assert "`kith run`" in result.stdout
    assert list(tmp_path.iterdir()) == []
