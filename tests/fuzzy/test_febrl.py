"""Our path to Splink is no worse than Splink alone, on reference data whose truth is known."""

import logging

import duckdb
import pytest
import splink.comparison_library as compare
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from orchestration.sources.fuzzy import matching
from tests.fuzzy.febrl import SETTINGS, people, quality

# Where two records are more likely one person than two, and where a steward need not look.
THRESHOLDS = (0.5, 0.9)
FLOORS = {"febrl3": 0.990, "febrl4": 0.996}
TWO_FILES = """
create or replace temp view {0} as
select * exclude (source_dataset) from profiles where source_dataset = '{0}'
"""


def splink_alone(connection: duckdb.DuckDBPyConnection, name: str) -> str:
    """Splink as its own examples for these data use it; febrl4 as the linkage of two files."""
    api = DuckDBAPI(connection)
    if name == "febrl4":
        for file in ("original", "copy"):
            connection.execute(TWO_FILES.format(file))
        tables = [api.register("original"), api.register("copy")]
    else:
        tables = [api.register("profiles")]
    columns = ("soc_sec_id", "given_name", "surname", "birth_text", "postcode")
    settings = SettingsCreator(
        link_type="link_only" if len(tables) == 2 else "dedupe_only",
        unique_id_column_name="node_id",
        comparisons=[
            compare.NameComparison("given_name"),
            compare.NameComparison("surname"),
            compare.DateOfBirthComparison(
                "birth_text", input_is_string=True, datetime_format="%Y%m%d"
            ),
            compare.DamerauLevenshteinAtThresholds("soc_sec_id", [2]),
            compare.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            compare.ExactMatch("postcode").configure(term_frequency_adjustments=True),
        ],
        blocking_rules_to_generate_predictions=[block_on(column) for column in columns],
    )
    linker = Linker(tables, settings, log_level=logging.ERROR)
    linker.training.estimate_probability_two_random_records_match(
        [block_on("soc_sec_id"), block_on("given_name", "surname", "birth_text")], recall=0.9
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for column in ("birth_text", "postcode"):
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(column))
    return str(linker.inference.predict(0.001, warning_mode="never").physical_name)


@pytest.mark.parametrize("name", FLOORS)
def test_ours_finds_no_fewer_and_no_falser_pairs_than_splink_alone(name: str) -> None:
    with duckdb.connect(config={"threads": 2}) as connection:
        people(connection, name)
        ours = matching.predict(connection, SETTINGS, matching.train(connection, SETTINGS))
        alone = splink_alone(connection, name)
        for threshold in THRESHOLDS:
            by_us = quality(connection, ours, threshold)
            by_splink = quality(connection, alone, threshold)
            for who, found in (("ours", by_us), ("Splink alone", by_splink)):
                print(  # noqa: T201 - the figures are what this test is for
                    f"{name} from {threshold}: {who:<12} precision {found.precision:.4f} "
                    f"recall {found.recall:.4f} F1 {found.f1:.4f}"
                )
            assert by_us.f1 >= by_splink.f1
        assert quality(connection, ours, THRESHOLDS[0]).f1 > FLOORS[name]
