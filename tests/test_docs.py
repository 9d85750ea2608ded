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


def test_the_messages_of_the_events_page_load_and_count(tmp_path: Path) -> None:
    home = Home(tmp_path)
    file = home.landing / "events" / "documented.ndjson"
    file.parent.mkdir(parents=True)
    file.write_text("".join(blocks("docs/events.md", "json")))
    load(home, declarations(Manifest()))
    Warehouse(home).build()
    with connect(home.doorways, read_only=True) as connection:
        customers = connection.execute(
            "select first_name, country, orders, revenue_cents, lifecycle_stage, first_campaign_id "
            "from customers.customers"
        ).fetchall()
    assert customers == [("Ann", "DE", 1, 11_000, "customer", "c_1")]


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
