"""Proposals land once, stand on a trained model, and never rest on what a guard refuses."""

import subprocess
import sys
from pathlib import Path

import pytest
from splink.internals.exceptions import SplinkException

from orchestration.sources.fuzzy import trained
from orchestration.sources.fuzzy.profiles import FuzzyError, profiles
from orchestration.sources.fuzzy.proposals import propose
from orchestration.sources.fuzzy.training import train
from orchestration.sources.intake import load
from orchestration.warehouse import PROJECT, Home
from tests.fuzzy.publication import ANN, ANNA, SETTINGS, landed, publish, settings, table

PAIR = f"{ANN}|{ANNA}"
OF_ANNA = f"where customer_id = md5('customer {ANNA}')"
ACCOUNT = (
    "insert into identity.customer_ids values ({0}, 'user_id', '{0}', md5('customer {1}'), true)"
)
SWITCHED_OFF = """
import sys
import dagster as dg
from orchestration.fuzzy import proposal_assets
from orchestration.warehouse import Manifest
result = dg.materialize(proposal_assets(Manifest()))
[check] = result.get_asset_check_evaluations()
print(check.passed, check.metadata["cause"].value, "splink" in sys.modules, sep="|")
"""


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with a publication and a model trained on it; nothing has been proposed."""
    home = Home(tmp_path_factory.mktemp("taught"))
    publish(home)
    train(home, "fuzzy", SETTINGS)
    return home


@pytest.fixture
def home(taught: Home, tmp_path: Path) -> Home:
    """A home of its own with that model."""
    home = Home(tmp_path)
    publish(home)
    model = trained.in_force(taught, "fuzzy")
    assert model
    trained.keep(home, "fuzzy", model)
    return home


def pairs(home: Home) -> set[str]:
    return {record_id for record_id, _, _ in landed(home)}


def test_switched_off_as_delivered_it_does_nothing_and_does_not_even_import_splink(
    tmp_path: Path,
) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", SWITCHED_OFF],
        cwd=PROJECT,
        env={"KITH_HOME": str(tmp_path), "PYTHONPATH": str(PROJECT), "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        check=True,
    )
    passed, cause, imported = ended.stdout.strip().split("|")
    assert (passed, imported) == ("True", "False")
    assert "switched off" in cause
    assert not (tmp_path / "landing").exists()


def test_one_person_under_two_names_at_one_address_is_proposed(home: Home) -> None:
    found = propose(home, table(), SETTINGS)
    assert PAIR in pairs(home)
    assert found.proposed == found.pairs == len(landed(home))
    assert all(0.9 <= score <= 1 and not is_deleted for _, is_deleted, score in landed(home))


def test_proposing_twice_adds_nothing_and_loading_twice_adds_nothing(home: Home) -> None:
    first = propose(home, table(), SETTINGS)
    assert load(home, [table()]).tables[0].loaded == first.proposed > 0
    again = propose(home, table(), SETTINGS)
    assert (again.pairs, again.proposed, again.withdrawn) == (first.pairs, 0, 0)
    assert load(home, [table()]).batch_id is None


def test_a_proposal_that_resembles_no_longer_is_withdrawn_and_comes_back(home: Home) -> None:
    propose(home, table(), SETTINGS)
    publish(
        home,
        f"update customers.customers set first_name = 'Berta', street = 'Elsewhere 1' {OF_ANNA}",
    )
    assert propose(home, table(), SETTINGS).withdrawn == 1
    assert propose(home, table(), SETTINGS).withdrawn == 0
    publish(home)
    assert propose(home, table(), SETTINGS).proposed == 1
    assert [is_deleted for pair, is_deleted, _ in landed(home) if pair == PAIR] == [
        False,
        True,
        False,
    ]


def test_a_proposal_stands_when_the_two_are_one_customer_by_now(home: Home) -> None:
    propose(home, table(), SETTINGS)
    merge = f"update identity.customer_ids set customer_id = md5('customer {ANN}') {OF_ANNA}"
    publish(home, merge, f"delete from customers.customers {OF_ANNA}")
    found = propose(home, table(), SETTINGS)
    assert (found.proposed, found.withdrawn) == (0, 0)


def test_two_who_each_have_an_account_are_not_proposed(home: Home) -> None:
    publish(home, ACCOUNT.format(9001, ANN), ACCOUNT.format(9002, ANNA))
    propose(home, table(), SETTINGS)
    assert pairs(home)
    assert PAIR not in pairs(home)


def test_an_identifier_that_a_guard_refuses_is_not_compared(home: Home) -> None:
    shared = (
        f"insert into identity.identity_evidence values ({ANN + 5000}, false, 'shared by too many')"
    )
    publish(home, shared)
    with profiles(home, SETTINGS) as connection:
        found = dict(
            connection.execute(
                "select node_id, phone from profiles where node_id in (?, ?)", [ANN, ANNA]
            ).fetchall()
        )
    assert found[ANN] is None
    assert found[ANNA] is not None
    assert found[ANNA] != "+49301", "the profile's own number was never checked by a guard"


def test_without_a_model_it_refuses_and_names_the_remedy(tmp_path: Path) -> None:
    home = Home(tmp_path)
    publish(home)
    with pytest.raises(FuzzyError, match="run the job `train_fuzzy`"):
        propose(home, table(), SETTINGS)
    assert landed(home) == []


def test_a_model_of_other_comparisons_is_refused(home: Home) -> None:
    changed = settings(compare={"first_name": "name", "last_name": "exact"})
    with pytest.raises(FuzzyError, match="run the job `train_fuzzy` again"):
        propose(home, table(), changed)


def test_a_rule_that_compares_too_many_is_refused_by_name(home: Home) -> None:
    crowded = settings(block_on={"town": ("city",)}, most_pairs_per_block_rule=1000)
    with pytest.raises(FuzzyError, match=r"block_on\.town brings \d+ pairs"):
        propose(home, table(), crowded)


def test_a_column_that_is_not_published_is_refused_by_name(home: Home) -> None:
    with pytest.raises(FuzzyError, match="no column shoe_size"):
        propose(home, table(), settings(block_on={"shoes": ("shoe_size",)}))


def test_a_comparison_that_does_not_fit_its_column_is_refused(home: Home) -> None:
    with pytest.raises(FuzzyError, match="fits the type of its column"):
        train(home, "fuzzy", settings(compare={"last_name": "date"}))


def test_an_error_of_the_engine_that_quotes_a_person_is_not_passed_on(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def quoting(*_: object) -> None:
        raise SplinkException("Conversion Error: could not convert 'Zieglmayr'")

    monkeypatch.setattr("orchestration.sources.fuzzy.matching._linker", quoting)
    with pytest.raises(FuzzyError) as refused:
        propose(home, table(), SETTINGS)
    assert "Zieglmayr" not in str(refused.value)


def test_a_publication_of_another_version_is_refused_with_the_remedy(home: Home) -> None:
    publish(home, "drop table identity.identity_evidence")
    with pytest.raises(FuzzyError, match="run `kith run` once"):
        propose(home, table(), SETTINGS)


@pytest.mark.parametrize("step", ["matching.train", "trained.put_in_force"])
def test_a_killed_training_leaves_the_former_model_in_force(
    home: Home, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    former = trained.in_force(home, "fuzzy")
    publish(home, f"delete from customers.customers {OF_ANNA}")

    def killed(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(f"orchestration.sources.fuzzy.{step}", killed)
        with pytest.raises(SystemExit):
            train(home, "fuzzy", SETTINGS)
    assert trained.in_force(home, "fuzzy") == former
    after = train(home, "fuzzy", SETTINGS)
    assert trained.in_force(home, "fuzzy") == after != former


def test_the_same_customers_and_settings_are_trained_once(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("orchestration.sources.fuzzy.matching.train")
    assert train(home, "fuzzy", SETTINGS) == trained.in_force(home, "fuzzy")


def test_a_model_holds_nothing_of_a_profile(home: Home) -> None:
    [model] = (home.models / "fuzzy").glob("*.json")
    assert "zieglmayr" not in model.read_text().lower()


def test_customers_without_any_certain_pair_teach_nothing(tmp_path: Path) -> None:
    home = Home(tmp_path)
    publish(home, "update customers.customers set street = customer_id")
    with pytest.raises(FuzzyError):
        train(home, "fuzzy", SETTINGS)
    assert trained.in_force(home, "fuzzy") is None


def test_a_file_that_a_killed_run_did_not_finish_is_nobodys(home: Home) -> None:
    folder = home.landing / "fuzzy" / "candidates"
    folder.mkdir(parents=True)
    (folder / ".20260101T040000000000.parquet.part").write_text("PAR1 and no more")
    assert load(home, [table()]).tables == ()
    propose(home, table(), SETTINGS)
    assert [file.suffix for file in folder.iterdir()] == [".parquet"]
