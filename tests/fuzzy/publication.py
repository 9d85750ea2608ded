"""A small publication in which some people are two customers, made without building anything."""

from pathlib import Path

import duckdb

from orchestration.sources.declaration import Declaration, Fuzzy, FuzzyTraining
from orchestration.warehouse import Home, connect

PEOPLE = Path(__file__).with_name("publication.sql")
SETTINGS = Fuzzy(
    kind="fuzzy",
    enabled=True,
    compare={"first_name": "name", "last_name": "name", "street": "exact"},
    block_on={"last_name": ("last_name", "city"), "first_name": ("first_name", "city")},
    most_pairs_per_block_rule=100_000,
    distinguished_by=("user_id",),
    propose_above=0.9,
    training=FuzzyTraining(
        certain=(("first_name", "last_name", "street"),),
        certain_recall=0.5,
        maximise_on=(("first_name", "street"), ("last_name", "street")),
        sampled_pairs=200_000,
        seed=1,
    ),
)
# The two identifiers that stand for one person in every test.
ANN, ANNA = 1, 2


def table(**changes: object) -> Declaration:
    """The source table, with settings that differ from the usual ones."""
    return Declaration(
        source="fuzzy",
        table="candidates",
        identifier="fuzzy_candidates",
        collect=settings(**changes),
    )


def settings(**changes: object) -> Fuzzy:
    """The usual settings, except for some."""
    return SETTINGS.model_copy(update=changes)


def publish(home: Home, *edits: str) -> None:
    """Make the publication anew, with edits in SQL."""
    home.serving.unlink(missing_ok=True)
    with connect(home.serving) as connection:
        connection.execute(PEOPLE.read_text())
        for edit in edits:
            connection.execute(edit)


def landed(home: Home) -> list[tuple[str, bool, float]]:
    """Everything that ever landed: record_id, is_deleted and score, in the order of landing."""
    files = sorted((home.landing / "fuzzy" / "candidates").glob("*"))
    if not files:
        return []
    return duckdb.execute(
        "select record_id, is_deleted, cast(record ->> '$.score' as double) "
        "from read_parquet(?) order by updated_at, record_id",
        [[str(file) for file in files]],
    ).fetchall()
