"""Doorways: the public models that BI, syncs and other rooms rely on."""

import re
from collections.abc import Iterator

from orchestration.warehouse import Manifest
from tests.house.project import Model, demand, doorways, models

PERSONAL = {
    "email", "phone", "first_name", "last_name", "city", "job_title", "identifier_value",
    "context", "properties", "traits", "referrer", "subject",
}  # fmt: skip
MONEY = re.compile(r"revenue|cost|amount|refunded|price|total|spend")
# How a name must end, or begin, if the column has this type, and the other way round.
SHAPES = (
    ("timestamp", re.compile(r".*_at")),
    ("date", re.compile(r".*_on|day")),
    ("boolean", re.compile(r"(is|has|can)_.*")),
)


def data_tests(manifest: Manifest, name: str) -> Iterator[tuple[str, dict[str, str]]]:
    """A model's generic data tests, as name of the test and its arguments."""
    for node in manifest.content["nodes"].values():
        attached = (node.get("attached_node") or "").split(".")[-1]
        if node["resource_type"] == "test" and attached == name and node.get("test_metadata"):
            yield node["test_metadata"]["name"], node["test_metadata"]["kwargs"]


def has_key_test(manifest: Manifest, model: Model) -> bool:
    """Whether one column, or several together, are tested to be unique and not null."""
    tests = list(data_tests(manifest, model.name))
    unique = {arguments.get("column_name") for test, arguments in tests if test == "unique"}
    present = {arguments.get("column_name") for test, arguments in tests if test == "not_null"}
    return bool(unique & present) or any(test == "key" for test, _ in tests)


def test_every_doorway_states_its_grain(manifest: Manifest) -> None:
    demand(
        (
            f"{model.name}: {model.node['description'] or 'no description'}"
            for model in doorways(manifest)
            if not model.node["description"].startswith("One row per ")
        ),
        why="Who joins two tables without knowing their grain counts things twice.",
        fix="Begin the description with `One row per …`.",
    )


def test_every_doorway_has_a_contract(manifest: Manifest) -> None:
    demand(
        (
            model.name
            for model in doorways(manifest)
            if not model.node["config"]["contract"]["enforced"]
        ),
        why="A dashboard must not find out by itself that a column is gone or has another type.",
        fix="`config: {access: public, contract: {enforced: true}}` and a data_type per column.",
    )


def test_every_column_of_a_doorway_is_described(manifest: Manifest) -> None:
    demand(
        (
            f"{model.name}.{column['name']}"
            for model in doorways(manifest)
            for column in model.columns
            if not column["description"]
        ),
        why="The description is all that a BI user sees of a column.",
        fix="Say what it means, its unit, and what null stands for.",
    )


def test_every_doorway_has_a_tested_key(manifest: Manifest) -> None:
    demand(
        (model.name for model in doorways(manifest) if not has_key_test(manifest, model)),
        why="A doubled key doubles revenue in every join behind it.",
        fix="`data_tests: [key]` on its column, or `key` with its columns on the model.",
    )


def test_every_doorway_has_a_unit_test(manifest: Manifest) -> None:
    tested = {test["model"] for test in manifest.content["unit_tests"].values()}
    demand(
        (model.name for model in doorways(manifest) if model.name not in tested),
        why="What a model decides is known only if an example says so.",
        fix="Add one under `unit_tests:`, in the model's YAML or in _<room>_unit_tests.yml.",
    )


def test_the_name_of_a_unit_test_is_a_sentence(manifest: Manifest) -> None:
    demand(
        (
            test["name"]
            for test in manifest.content["unit_tests"].values()
            if not re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+){3,}", test["name"])
        ),
        why="The names of the tests, read one after the other, are what the platform promises.",
        fix="a_shared_phone_does_not_merge_strangers, not test_identity_1.",
    )


def test_personal_data_is_marked(manifest: Manifest) -> None:
    demand(
        (
            f"{model.name}.{column['name']}"
            for model in doorways(manifest)
            for column in model.columns
            if column["name"] in PERSONAL and not column["config"]["meta"].get("personal")
        ),
        why="Erasure, masking and access rights follow the mark.",
        fix="`config: {meta: {personal: true}}` on the column.",
    )


def test_a_column_name_tells_its_type(manifest: Manifest) -> None:
    demand(
        (
            f"{model.name}.{column['name']} {column['data_type']}"
            for model in doorways(manifest)
            for column in model.columns
            for data_type, shape in SHAPES
            if (column["data_type"] == data_type) != bool(shape.fullmatch(column["name"]))
        ),
        why="Nobody should have to look up whether a column is a moment, a day or a yes.",
        fix="_at for a UTC timestamp, _on or day for a date, is_/has_/can_ for a boolean.",
    )


def test_money_is_in_minor_units_and_says_so(manifest: Manifest) -> None:
    demand(
        (
            f"{model.name}.{column['name']} {column['data_type']}"
            for model in doorways(manifest)
            for column in model.columns
            if (
                MONEY.search(column["name"])
                and column["data_type"] not in ("timestamp", "date", "varchar", "boolean")
                and not column["name"].endswith("_cents")
            )
            or (column["name"].endswith("_cents") and column["data_type"] != "bigint")
        ),
        why="Sums of floating point money do not add up, and 1999 may be euros or cents.",
        fix="A bigint of minor units whose name ends in _cents, with its currency beside it.",
    )


def test_private_models_and_seeds_are_described_in_a_line(manifest: Manifest) -> None:
    seeds = {
        node["name"]: node["description"]
        for node in manifest.content["nodes"].values()
        if node["resource_type"] == "seed"
    }
    described = {model.name: model.node["description"] for model in models(manifest).values()}
    demand(
        (name for name, description in {**seeds, **described}.items() if not description),
        why="dbt docs is how a newcomer walks through the rooms.",
        fix="One line in models/<room>/_<room>.yml, or in seeds/_policy.yml.",
    )
