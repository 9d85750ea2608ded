"""Splink, told what the YAML says; the only module that imports it, so import it late."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import duckdb
import splink.comparison_library as compare
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.internals.comparison_creator import ComparisonCreator
from splink.internals.exceptions import EMTrainingException, SplinkException

from orchestration.sources.declaration import Fuzzy
from orchestration.sources.fuzzy.profiles import FuzzyError

TABLE = "profiles"
KEY = "node_id"


def _exact(column: str) -> ComparisonCreator:
    return compare.ExactMatch(column).configure(term_frequency_adjustments=True)


def _code(column: str) -> ComparisonCreator:
    return compare.DamerauLevenshteinAtThresholds(column, [1, 2])


def _date(column: str) -> ComparisonCreator:
    return compare.DateOfBirthComparison(column, input_is_string=False)


COMPARISONS: dict[str, Callable[[str], ComparisonCreator]] = {
    "name": compare.NameComparison,
    "exact": _exact,
    "code": _code,
    "date": _date,
    "email": compare.EmailComparison,
}


def settings(wanted: Fuzzy) -> SettingsCreator:
    """Splink's settings before any training."""
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name=KEY,
        comparisons=[COMPARISONS[how](column) for column, how in wanted.compare.items()],
        blocking_rules_to_generate_predictions=_rules(wanted),
        retain_matching_columns=False,
    )


def train(connection: duckdb.DuckDBPyConnection, wanted: Fuzzy) -> dict[str, Any]:
    """What Splink learns from the table `profiles`, as it saves it; holds no profile's content.

    Raises FuzzyError if the profiles do not have the pairs that the rules look for.
    """
    linker = _linker(connection, settings(wanted))
    lessons = wanted.training
    with _speaking_of_nobody():
        linker.training.estimate_probability_two_random_records_match(
            [block_on(*rule) for rule in lessons.certain], recall=lessons.certain_recall
        )
        linker.training.estimate_u_using_random_sampling(
            max_pairs=lessons.sampled_pairs, seed=lessons.seed
        )
        for rule in lessons.maximise_on:
            linker.training.estimate_parameters_using_expectation_maximisation(block_on(*rule))
    learnt: dict[str, Any] = linker.misc.save_model_to_json()
    if not learnt["probability_two_random_records_match"]:
        raise FuzzyError("No two customers agree in all columns of a rule in training.certain.")
    return learnt


def predict(
    connection: duckdb.DuckDBPyConnection, wanted: Fuzzy, parameters: dict[str, Any]
) -> str:
    """Score the pairs of the table `profiles` that a blocking rule brings together.

    Returns the name of a table with node_id_l, node_id_r and match_probability, only those from
    `propose_above` on. Raises FuzzyError if a column cannot be compared in the way that is asked.
    """
    learnt = SettingsCreator.from_path_or_dict(parameters)
    # Rules of blocking are no part of what was learnt: they may change without training.
    learnt.blocking_rules_to_generate_predictions = _rules(wanted)
    with _speaking_of_nobody():
        found = _linker(connection, learnt).inference.predict(
            threshold_match_probability=wanted.propose_above, warning_mode="never"
        )
    return str(found.physical_name)


@contextmanager
def _speaking_of_nobody() -> Iterator[None]:
    """Turn Splink's errors into ours; what quotes the engine may quote a value, and is left out."""
    try:
        yield
    except (EMTrainingException, ValueError) as trouble:
        lesson = " ".join(str(trouble).split())
        raise FuzzyError(f"Splink could not learn from these customers: {lesson}") from None
    except (SplinkException, duckdb.Error) as trouble:
        cause = type(trouble.__cause__ or trouble).__name__
        raise FuzzyError(
            f"Splink could not compare the customers ({cause}): see that each comparison in the "
            "source's settings fits the type of its column, and that memory suffices."
        ) from None


def _rules(wanted: Fuzzy) -> list[Any]:
    return [block_on(*columns) for columns in wanted.block_on.values()]


def _linker(connection: duckdb.DuckDBPyConnection, how: SettingsCreator) -> Linker:
    return Linker(DuckDBAPI(connection).register(TABLE), how, log_level=logging.ERROR)
