"""How well identity does is measured, and a jump of it stops the publication."""

import io
import re
from contextlib import redirect_stdout
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import dagster as dg
import pytest

from orchestration.serve import SERVING, serve_assets
from orchestration.sources.declaration import declarations
from orchestration.sources.intake import load
from orchestration.transform import dbt_resource, transform_assets
from orchestration.warehouse import Home, Manifest, connect
from tests.front_door.landing import drop, line

PEOPLE = 10
QUALITY = dg.AssetKey(["identity", "identity_quality"])
ACCEPTED = dg.AssetKey(["identity", "int_accepted_versions"])
# What an analyst knows: 0 and 1 are one person, 2 and 3 are two; an address in another spelling.
LABELS = """identifier_type,identifier_value,person
user_id,u0,Ann
email,P0@acme.example,Ann
user_id,u1,Ann
user_id,u2,Bob
user_id,u3,Cy
email,p3@acme.example,Cy
email,p3@acme.example,Dan
user_id,nobody,Cy
"""
Measures = dict[tuple[str, str], float]


def identify(number: int, user: int, address: int) -> bytes:
    """A message by which an account names an address."""
    traits = {"email": f"p{address}@acme.example"}
    return line(number, type="identify", userId=f"u{user}", anonymousId=None, traits=traits)


@dataclass(frozen=True)
class Built:
    """What Dagster said after identity was built and, if its checks passed, published."""

    succeeded: bool
    published: tuple[int, int]
    checks: dict[str, bool]
    said: str


@dataclass(frozen=True)
class Jump:
    """A home of ten customers, published; the run after eight of them became four; one more run."""

    home: Home
    measured: Measures
    first: Built
    jumped: Built
    later: Built


def measures(database: Path) -> Measures:
    with connect(database, read_only=True) as connection:
        rows = connection.execute(
            "select measure, bucket, value from identity.identity_quality"
        ).fetchall()
    return {(measure, bucket): value for measure, bucket, value in rows}


def fingerprint(file: Path) -> tuple[int, int]:
    state = file.stat()
    return state.st_ino, state.st_mtime_ns


def take_up(home: Home, manifest: Manifest) -> Built:
    """Load, build identity and publish, as a run does without the other rooms."""
    load(home, declarations(manifest))
    said = io.StringIO()
    with pytest.MonkeyPatch.context() as environment, redirect_stdout(said):
        environment.setenv("KITH_HOME", str(home.root))
        environment.setenv("DBT_LOG_PATH", str(home.root / "logs"))
        # Tests that also read other rooms have nothing to read here.
        environment.setenv("DBT_INDIRECT_SELECTION", "cautious")
        result = dg.materialize(
            [transform_assets(manifest, "landed"), *serve_assets(manifest, [])],
            selection=dg.AssetSelection.assets(ACCEPTED).upstream()
            | dg.AssetSelection.assets(SERVING),
            resources={"dbt": dbt_resource()},
            raise_on_error=False,
        )
    checks = {
        each.check_name: each.passed
        for each in result.get_asset_check_evaluations()
        if each.asset_key == QUALITY
    }
    text = re.sub(r"\s+", " ", said.getvalue())
    return Built(result.success, fingerprint(home.serving), checks, text)


@pytest.fixture(scope="module")
def jump(tmp_path_factory: pytest.TempPathFactory, manifest: Manifest) -> Jump:
    home = Home(tmp_path_factory.mktemp("jump"))
    drop(home, "first.ndjson", [identify(each, each, each) for each in range(PEOPLE)])
    labels = home.landing / "labels" / "people" / "checked.csv"
    labels.parent.mkdir(parents=True)
    labels.write_text(LABELS)
    first = take_up(home, manifest)
    assert first.succeeded, first.said[-4000:]
    published = measures(home.serving)
    drop(home, "jump.ndjson", [identify(100 + each, each, each + 1) for each in (0, 2, 4, 6)])
    jumped = take_up(home, manifest)
    drop(home, "later.ndjson", [identify(200, PEOPLE, PEOPLE)])
    return Jump(home, published, first, jumped, take_up(home, manifest))


def test_a_first_load_has_nobody_to_merge(jump: Jump) -> None:
    assert ("merged customers", "all") not in jump.measured
    assert jump.measured["customers", "all"] == PEOPLE
    assert jump.measured["customers by identifiers", "2"] == 1


def test_labels_give_precision_and_recall_over_pairs(jump: Jump) -> None:
    customers = {"u0": "a", "p0": "a", "u1": "b", "u2": "c", "u3": "d"}
    people = {"u0": "Ann", "p0": "Ann", "u1": "Ann", "u2": "Bob", "u3": "Cy"}
    claimed = {
        pair for pair in combinations(customers, 2) if len({customers[p] for p in pair}) == 1
    }
    existing = {pair for pair in combinations(people, 2) if len({people[p] for p in pair}) == 1}
    assert jump.measured["labelled identifiers", "all"] == len(customers)
    assert jump.measured["precision", "all"] == len(claimed & existing) / len(claimed)
    assert jump.measured["recall", "all"] == len(claimed & existing) / len(existing)


def test_a_batch_that_merges_most_customers_is_not_published(jump: Jump) -> None:
    assert not jump.jumped.succeeded
    assert jump.jumped.published == jump.first.published
    assert measures(jump.home.serving) == jump.measured
    assert measures(jump.home.doorways)["merged customers", "all"] == pytest.approx(0.4)


def test_the_refusal_names_measure_value_bound_and_remedy(jump: Jump) -> None:
    refusal = "merged customers: 40.0 % since identity was last accepted; at most 20 %"
    for words in (refusal, "most_merged_percent in dbt_project.yml", "kith identity preview"):
        assert words in jump.jumped.said


def test_the_refusal_is_a_failed_asset_check_on_identity_quality(jump: Jump) -> None:
    assert jump.jumped.checks["no_batch_merges_most_customers"] is False
    assert jump.jumped.checks["no_customer_grows_beyond_all_bounds"] is True


def test_a_jump_is_not_forgotten_when_the_next_batch_is_quiet(jump: Jump) -> None:
    assert not jump.later.succeeded
    assert jump.later.published == jump.first.published
    assert measures(jump.home.doorways)["merged customers", "all"] == pytest.approx(0.4)
