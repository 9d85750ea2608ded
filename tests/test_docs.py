"""What the documentation shows works as it is shown."""

import csv
import re
from pathlib import Path

import pytest
import yaml

from orchestration.activation.declaration import Sync
from orchestration.destinations import kinds, offer
from orchestration.serve import publish
from orchestration.sources.declaration import declarations
from orchestration.sources.intake import load
from orchestration.warehouse import PROJECT, Home, Manifest, connect
from sandbox import world
from tests.raw_history import Warehouse, load_world


def blocks(document: str, language: str) -> list[str]:
    """The code blocks of one language in a document of the project."""
    text = (PROJECT / document).read_text()
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    folder = tmp_path_factory.mktemp("docs")
    home = Home(folder / "home")
    load_world(home, world.build(folder / "world", people=150, days=60))
    Warehouse(home).build()
    publish(home)
    return home


@pytest.mark.parametrize("document", ["README.md", "docs/identity.md", "docs/activation.md"])
def test_every_question_in_the_documentation_has_an_answer(home: Home, document: str) -> None:
    questions = [each for block in blocks(document, "sql") for each in block.split(";")]
    asked = [question for question in questions if question.strip()]
    assert len(asked) >= 3
    with connect(home.serving, read_only=True) as connection:
        for question in asked:
            connection.execute(question).fetchall()


def test_the_overrides_of_the_identity_page_are_rows_of_the_seed() -> None:
    [example] = blocks("docs/identity.md", "csv")
    heading, *rows = csv.reader(example.splitlines())
    with (PROJECT / "seeds/identity_overrides.csv").open() as seed:
        assert next(csv.reader(seed)) == heading
    assert {row[0] for row in rows} == {"always", "never"}
    assert {len(row) for row in rows} == {len(heading)}


def test_the_events_page_says_what_loads_what_is_held_and_how_it_comes_in(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    file = home.landing / "events" / "documented.ndjson"
    file.parent.mkdir(parents=True)
    page = "docs/events.md"
    file.write_text("".join([*blocks(page, "json"), *blocks(page, "json wrong")]))
    [schema] = blocks(page, "json tracking/order_completed.json")
    plan = tmp_path / "tracking"
    plan.mkdir()
    (plan / "order_completed.json").write_text(schema)
    sources = declarations(Manifest())
    load(home, sources, tracking=plan)
    Warehouse(home).build()
    [question] = blocks(page, "sql")
    answer = re.findall(r"^\| (6f1c.*) \|$", (PROJECT / page).read_text(), flags=re.MULTILINE)
    with connect(home.doorways, read_only=True) as connection:
        customers = connection.execute(
            "select first_name, country, orders, revenue_cents, lifecycle_stage, first_campaign_id "
            "from customers.customers"
        ).fetchall()
        violations = connection.execute(question).fetchall()
    assert customers == [("Ann", "DE", 1, 11_000, "customer", "c_1")]
    shown = [" | ".join(str(value) for value in row) for row in violations]
    assert [row.replace("True", "true") for row in shown] == answer
    (plan / "order_completed.json").write_text(schema.replace("quarantine", "warn"))
    assert [load(home, sources, tracking=plan).released for _ in range(2)] == [1, 0]


def test_every_link_between_documents_leads_somewhere() -> None:
    for document in (PROJECT / "README.md", *(PROJECT / "docs").glob("*.md")):
        for target in re.findall(r"\]\(([^)#]+)\)", document.read_text()):
            if "://" not in target:
                assert (document.parent / target).exists(), f"{document.name} links to {target}"


def test_the_sync_of_the_activation_page_is_one() -> None:
    [example] = blocks("docs/activation.md", "yaml")
    [exposure] = yaml.safe_load(example)["exposures"]
    declared = exposure["config"]["meta"]["sync"]
    sync = Sync(name=exposure["name"], file="", owner="", room="customers", **declared)
    assert (sync.destination, sync.removal) == ("zoho", "clear")


def test_the_activation_page_names_the_variables_of_every_kind_of_destination() -> None:
    text = (PROJECT / "docs/activation.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \|.*\| ([^|]*) \|$", text, flags=re.MULTILINE)
    named = {kind: set(re.findall(r"`(\w+)`", last)) for kind, last in rows if kind in kinds()}
    assert named == {kind: set(offer(kind).variables) for kind in kinds()}


def test_the_activation_page_lists_every_kind_of_destination_and_what_it_can_do() -> None:
    text = (PROJECT / "docs/activation.md").read_text()
    listed = re.findall(r"^\| `(\w+)` \| (.*?) \| (.*?) \| (.*?) \|", text, flags=re.MULTILINE)
    rows = {kind: (modes, leave, batch) for kind, modes, leave, batch in listed if kind in kinds()}
    assert rows == {
        kind: (
            ", ".join(offer(kind).modes),
            ", ".join(offer(kind).leave) or "nothing",
            "whole" if offer(kind).is_whole else f"{offer(kind).batch:,}",
        )
        for kind in kinds()
    }
