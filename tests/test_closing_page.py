"""The closing page of a run: how good identity is, and one customer explained."""

from pathlib import Path

import pytest
from rich.console import Console

from orchestration.page import closing_page
from orchestration.report import Report, report
from orchestration.serve import publish
from orchestration.warehouse import Home, connect
from sandbox import world
from tests.raw_history import Warehouse, load_world


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    folder = tmp_path_factory.mktemp("closing")
    home = Home(folder / "home")
    load_world(home, world.build(folder / "world", people=80, days=20))
    Warehouse(home).build()
    publish(home)
    return home


@pytest.fixture(scope="module")
def state(home: Home) -> Report:
    return report(home)


def shown(state: Report, home: Home) -> str:
    console = Console(width=200)
    with console.capture() as captured:
        console.print(closing_page(state, home))
    return captured.get()


def test_precision_and_recall_are_shown_where_labels_are(home: Home, state: Report) -> None:
    page = shown(state, home)
    for words in ("people behind", "links refused: blocked value", "precision", "recall"):
        assert words in page
    unlabelled = shown(state.model_copy(update={"quality": {}}), home)
    assert "precision" not in unlabelled


def test_customer_ids_that_became_others_are_counted_by_reason(home: Home, state: Report) -> None:
    assert "ever became others" not in shown(state, home)
    merged = state.model_copy(update={"id_changes": {"merge": 3}})
    assert "3  customer ids ever became others: two turned out to be one person" in shown(
        merged, home
    )


def test_one_customer_of_several_sources_is_explained_and_masked(home: Home, state: Report) -> None:
    assert state.example is not None
    [customer] = state.example.customers
    assert 4 <= len(customer.identifiers) <= 8
    assert len({each.source for each in customer.identifiers if each.source}) > 1
    page = shown(state, home)
    assert "founded the customer" in page
    with connect(home.serving, read_only=True) as connection:
        values = connection.execute(
            "select identifier_value from identity.customer_ids where customer_id = ?",
            [customer.customer_id],
        ).fetchall()
    assert len(values) == len(customer.identifiers)
    assert [value for (value,) in values if value in page] == []
    assert report(home).example == state.example


def test_a_publication_older_than_the_page_says_so(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with connect(home.serving) as connection:
        connection.execute("create schema collection")
    with pytest.raises(FileNotFoundError, match="older than this command"):
        report(home)
