"""From the publication through Dagster, the load and dbt to the doorway, and round again."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from orchestration.fuzzy import model_assets, proposal_assets
from orchestration.load import load_asset
from orchestration.warehouse import Home, Manifest, connect
from sandbox import world
from tests.raw_history import Warehouse, load_world

# One person whom HubSpot and Salesforce know under names, numbers and addresses of their own.
HUBSPOT = {
    "id": "77001",
    "properties": {
        "email": "o.zieglmayr@alpenwerk.example",
        "phone": "+43 1 5550101",
        "firstname": "Ottokar",
        "lastname": "Zieglmayr",
        "address": "Am Bach 7",
        "zip": "5020",
        "city": "Salzburg",
        "country": "AT",
    },
}
SALESFORCE = {
    "Id": "003000000077002AAA",
    "Email": "ottokar@zieglmayr.example",
    "MobilePhone": "+43 664 5550202",
    "FirstName": "Otokar",
    "LastName": "Zieglmayr",
    "MailingStreet": "am Bach 7",
    "MailingPostalCode": "5020",
    "MailingCity": "Salzburg",
    "MailingCountry": "AT",
}
RECORDS = (
    ("hubspot_contacts", "77001", HUBSPOT),
    ("salesforce_contact", SALESFORCE["Id"], SALESFORCE),
)
# The identifiers that founded the two customers.
EMAILS = {"o.zieglmayr@alpenwerk.example", "ottokar@zieglmayr.example"}
NEEDED = ("+customers", "+identity_evidence", "+identity_candidates")
MODELS = ("stg_fuzzy__candidates", "identity_candidates")
DOORWAY = """
select candidates.status, a.identifier_value, b.identifier_value
from identity.identity_candidates as candidates
inner join identity.customer_ids as a on candidates.a_node_id = a.node_id
inner join identity.customer_ids as b on candidates.b_node_id = b.node_id
"""


class SwitchedOn(Manifest):
    """The project's manifest, with the fuzzy source switched on and its vendors left out."""

    def __init__(self) -> None:
        super().__init__()
        sources = {
            name: json.loads(json.dumps(source))
            for name, source in Manifest().content["sources"].items()
            if source["source_name"] == "fuzzy"
        }
        for source in sources.values():
            source["config"]["meta"]["collect"]["enabled"] = True
        self.__dict__["content"] = {"sources": sources}


@dataclass(frozen=True)
class Round:
    """What one round said: the check of the proposals, and how many files have landed by then."""

    passed: bool
    said: dict[str, Any]
    files: int


@pytest.fixture(scope="module")
def home(manifest: Manifest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A small world that is built and published, with that person in it twice."""
    assert manifest.path.exists()
    folder = tmp_path_factory.mktemp("fuzzy")
    home = Home(folder / "home")
    load_world(home, world.build(folder / "world", people=250, days=14, seed=5))
    with connect(home.warehouse) as connection:
        for name, record_id, record in RECORDS:
            connection.execute(
                f"insert into raw.{name} by name select ? as record_id, "
                "'2026-01-01T00:00:00Z' as updated_at, false as is_deleted, ? as record, "
                "1 as batch_id",
                [record_id, json.dumps(record)],
            )
    Warehouse(home).build("--select", *NEEDED)
    shutil.copyfile(home.doorways, home.serving)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("KITH_HOME", str(home.root))
        yield home


def once(home: Home) -> Round:
    """Propose and load, as a run does."""
    manifest = SwitchedOn()
    result = dg.materialize([*proposal_assets(manifest), load_asset(manifest)])
    assert result.success
    [check] = result.get_asset_check_evaluations()
    files = list((home.landing / "fuzzy" / "candidates").glob("*"))
    said = {name: value.value for name, value in check.metadata.items()}
    return Round(check.passed, said, len(files))


@pytest.fixture(scope="module")
def untaught(home: Home) -> Round:
    return once(home)


@pytest.fixture(scope="module")
def first(home: Home, untaught: Round) -> Round:
    assert untaught.files == 0
    assert dg.materialize(model_assets(SwitchedOn())).success
    return once(home)


def rows(file: Path, query: str) -> list[Any]:
    with connect(file, read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_without_a_model_the_check_names_the_remedy_and_the_run_goes_on(untaught: Round) -> None:
    assert not untaught.passed
    assert "run the job `train_fuzzy`" in untaught.said["cause"]


def test_one_person_without_a_common_identifier_awaits_a_steward(home: Home, first: Round) -> None:
    assert first.passed
    Warehouse(home).build("--select", *MODELS)
    found = [set(row) for row in rows(home.doorways, DOORWAY) if EMAILS & set(row)]
    assert found == [{"awaiting a steward"} | EMAILS]


def test_a_second_round_adds_nothing(home: Home, first: Round) -> None:
    loads = "select max(batch_id), count(*) from raw.loads"
    before = rows(home.warehouse, loads)
    again = once(home)
    assert (again.files, again.said["proposed"], again.said["withdrawn"]) == (1, 0, 0)
    assert again.said["pairs"] == first.said["pairs"] > 0
    assert rows(home.warehouse, loads) == before


def test_what_is_said_of_it_holds_counts_and_no_person(first: Round) -> None:
    assert first.said.keys() == {"model_version", "pairs", "proposed", "withdrawn"}
