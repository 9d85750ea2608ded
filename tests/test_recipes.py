"""The README's recipes, carried out in a copy of the project over a warehouse that is in use."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

from orchestration.activation.exposures import syncs
from orchestration.activation.run import sync as run_sync
from orchestration.serve import publish
from orchestration.sources.declaration import declarations
from orchestration.sources.intake import load
from orchestration.warehouse import PROJECT, Home, Manifest, connect
from tests.house.project import files
from tests.raw_history import raw_history
from tests.recipe_book import RECIPES

pytestmark = pytest.mark.timeout(400)

BIN = Path(sys.executable).parent
MEMBERS = """registration_id,email,first_name,card
1,Ada@loyal.example,Ada,LC 12-34
2,ada.two@loyal.example,Ada,lc1234
3,bob@loyal.example,Bob,LC 99-99
"""
VISIT = (
    '{"messageId": "visit-1", "type": "track", "event": "Store Visited", "userId": "visitor",'
    ' "timestamp": "2026-10-30T10:00:00Z", "receivedAt": "2026-10-30T10:00:01Z"}\n'
)


@dataclass(frozen=True)
class Copy:
    """A copy of the project in a folder of its own, and the home that it works on."""

    project: Path
    home: Home

    def run(self, *command: str) -> None:
        """Run a tool of this environment in the copy; AssertionError with its words if it fails."""
        environment = {**os.environ, "KITH_HOME": str(self.home.root)}
        done = subprocess.run(
            [str(BIN / command[0]), *command[1:]],
            cwd=self.project,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-6000:]

    @property
    def manifest(self) -> Manifest:
        return Manifest(self.project / "target" / "manifest.json")

    def load(self) -> None:
        """Load what lies in the landing folder and is new, as the copy's sources declare it."""
        load(self.home, declarations(self.manifest))

    def contents(self) -> dict[str, str]:
        """Every file that a user may edit, with its text."""
        return {
            str(file.relative_to(self.project)): file.read_text()
            for folder in ("models", "macros", "seeds", "orchestration")
            for file in (self.project / folder).rglob("*.*")
            if file.suffix in (".sql", ".yml", ".csv", ".py")
        }

    def rows(self, query: str, *parameters: object) -> list[Any]:
        """The rows of a query on the publication."""
        with connect(self.home.serving, read_only=True) as connection:
            return connection.execute(query, parameters).fetchall()


@dataclass(frozen=True)
class Done:
    """The copy with all recipes in force, and the files that each of them changed."""

    copy: Copy
    changed: dict[str, set[str]]


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """The project as it is, in use: built once over a small history."""
    copy = Copy(tmp_path_factory.mktemp("project"), Home(tmp_path_factory.mktemp("home")))
    for file in files():
        (copy.project / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(PROJECT / file, copy.project / file)
    subprocess.run(["git", "init", "-q"], cwd=copy.project, check=True)  # noqa: S607 - git is where the machine has it
    raw_history(copy.home.root, people=60, days=40, seed=5)
    copy.run("dbt", "build", "-q", "--exclude-resource-type", "unit_test", "test")
    return copy


@pytest.fixture(scope="module")
def done(original: Copy) -> Done:
    """All recipes, then what `make run` does: load, build with every test, publish, sync."""
    changed = {}
    for recipe, edits in RECIPES.items():
        before = original.contents()
        for edit in edits:
            edit.make(original.project)
        after = original.contents()
        changed[recipe] = {path for path in after if after[path] != before.get(path)}
    drop(original.home.landing / "warranty" / "products" / "products.csv", MEMBERS)
    drop(original.home.landing / "events" / "visits.ndjson", VISIT)
    original.run("dbt", "parse", "-q")
    original.load()
    original.run("dbt", "build")
    publish(original.home)
    return Done(original, changed)


def drop(file: Path, content: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content)


def named_in_the_readme(recipe: str) -> list[str]:
    """The files of a recipe's row, with `*` for each <placeholder>."""
    [row] = re.findall(rf"^\| {recipe} \| (.*) \|$", (PROJECT / "README.md").read_text(), re.M)
    paths = re.findall(r"`([^`]+/[^`]+)`", row)
    return [re.sub(r"<\w+>", "*", path) for path in paths]


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_takes_exactly_the_files_that_the_readme_names(done: Done, recipe: str) -> None:
    named = named_in_the_readme(recipe)
    assert named
    for path in done.changed[recipe]:
        assert any(fnmatch(path, pattern) for pattern in named), f"the README does not name {path}"
    for pattern in named:
        assert any(fnmatch(path, pattern) for path in done.changed[recipe]), f"{pattern}: no need"


def test_the_people_of_a_new_source_become_customers_that_can_be_reached(done: Done) -> None:
    found = done.copy.rows(
        "select email, email_source, first_name, is_known from customers.customers "
        "where email_source = 'warranty' order by email"
    )
    assert found == [
        ("ada@loyal.example", "warranty", "Ada", True),
        ("bob@loyal.example", "warranty", "Bob", True),
    ]


def test_a_new_identifier_type_joins_what_only_its_spelling_kept_apart(done: Done) -> None:
    assert done.copy.rows(
        "select identifier_value, count(distinct customer_id) from identity.customer_ids "
        "where identifier_type = 'warranty_card' group by all order by all"
    ) == [("lc1234", 1), ("lc9999", 1)]
    assert customers_of(done.copy, "ada@loyal.example", "ada.two@loyal.example") == 1
    assert customers_of(done.copy, "ada@loyal.example", "bob@loyal.example") == 2


def customers_of(copy: Copy, *addresses: str) -> int:
    """How many customers some e-mail addresses belong to."""
    [(count,)] = copy.rows(
        "select count(distinct customer_id) from identity.customer_ids "
        "where identifier_type = 'email' and list_contains(?, identifier_value)",
        list(addresses),
    )
    return int(count)


def test_a_new_event_of_the_catalog_is_an_interaction(done: Done) -> None:
    assert done.copy.rows(
        "select kind, step, count(*) from journey.interactions where kind = 'store' group by all"
    ) == [("store", "visited", 1)]


def test_a_new_trait_is_right_for_everybody_from_the_first_day(done: Done) -> None:
    differing = done.copy.rows(
        """with counted as (
            select customer_id, count(*) as views
            from journey.events
            inner join identity.customer_ids using (node_id)
            where message_type in ('page', 'screen')
                and cast(occurred_at as date)
                > (select max(as_on) from journey.clock) - interval 30 day
            group by customer_id
        )
        select customer_id, page_views_30d, views
        from customers.customers
        left join counted using (customer_id)
        where page_views_30d <> coalesce(views, 0)"""
    )
    assert differing == []
    [(seen,)] = done.copy.rows("select sum(page_views_30d) from customers.customers")
    assert seen > 0


def test_a_new_segment_has_its_members(done: Done) -> None:
    members = done.copy.rows(
        "select customer_id from segments.segment_members "
        "where segment = 'seg_window_shoppers' order by customer_id"
    )
    assert members
    assert members == done.copy.rows(
        "select customer_id from customers.customers "
        "where product_views > 0 and orders = 0 order by customer_id"
    )


def test_a_new_sync_sends_its_segment(done: Done) -> None:
    [sync] = [each for each in syncs(done.copy.manifest) if each.name == "file_window_shoppers"]
    receipt = run_sync(sync, done.copy.home)
    assert (receipt.status, receipt.sent > 0) == ("settled", True)
    file = done.copy.home.root / "outbox" / "window_shoppers" / "file_window_shoppers.csv"
    sent = done.copy.rows("select customer_id from read_csv(?) order by customer_id", str(file))
    assert sent == done.copy.rows(
        "select customer_id from segments.segment_members "
        "inner join customers.customers using (customer_id) "
        "where segment = 'seg_window_shoppers' and can_email order by customer_id"
    )


def test_the_house_rules_hold_after_all_recipes(done: Done) -> None:
    done.copy.run("python", "-m", "pytest", "-q", "tests/house")
    written = set().union(*done.changed.values())
    models = [path for path in written if fnmatch(path, "models/*.sql")]
    assert models
    done.copy.run("sqlfluff", "lint", *sorted(models))
