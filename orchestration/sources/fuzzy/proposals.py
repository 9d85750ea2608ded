"""Proposals: what the model in force says of the published customers, as a landing file."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from orchestration.sources.declaration import Declaration, Fuzzy
from orchestration.sources.fuzzy import matching, trained
from orchestration.sources.fuzzy.profiles import FuzzyError, profiles, statement
from orchestration.warehouse import Home


@dataclass(frozen=True)
class Proposals:
    """How many pairs were compared to no avail or not, and what of it is new and has landed."""

    model_version: str
    pairs: int
    proposed: int
    withdrawn: int


def propose(home: Home, declaration: Declaration, wanted: Fuzzy) -> Proposals:
    """Land what is new: pairs never proposed, with another score, or no longer alike.

    If nothing is new, nothing lands. Raises FuzzyError without a model that fits the settings, and
    if a blocking rule brings too many pairs together.
    """
    model = _model(home, declaration.source, wanted)
    with profiles(home, wanted) as connection:
        _demand_small_blocks(connection, wanted)
        _read_landed(connection, home.landing / declaration.landing)
        connection.execute(
            statement(
                "proposals", predictions=matching.predict(connection, wanted, model.parameters)
            ),
            {"model_version": model.version},
        )
        ((pairs, proposed, withdrawn),) = connection.execute(statement("counts")).fetchall()
        if proposed or withdrawn:
            _land(connection, home.landing / declaration.landing)
    return Proposals(model.version, pairs, proposed, withdrawn)


def _model(home: Home, source: str, wanted: Fuzzy) -> trained.Model:
    model = trained.in_force(home, source)
    if model is None:
        raise FuzzyError("No model has been trained: run the job `train_fuzzy` once.")
    if model.compare != wanted.compare:
        raise FuzzyError(
            "The settings compare other columns than the model has learnt about: "
            "run the job `train_fuzzy` again."
        )
    return model


def _demand_small_blocks(connection: duckdb.DuckDBPyConnection, wanted: Fuzzy) -> None:
    for name, columns in wanted.block_on.items():
        quoted = [f'"{column}"' for column in columns]
        ((pairs,),) = connection.execute(
            statement(
                "block_size",
                columns=", ".join(quoted),
                present=" and ".join(f"{column} is not null" for column in quoted),
            )
        ).fetchall()
        if pairs > wanted.most_pairs_per_block_rule:
            raise FuzzyError(
                f"block_on.{name} brings {pairs} pairs together, more than "
                "most_pairs_per_block_rule: add a column to the rule, or raise the limit."
            )


def _read_landed(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    connection.execute(statement("landed"))
    if files := [str(path) for path in sorted(folder.glob("*.parquet"))]:
        connection.execute("insert into landed by name from read_parquet(?)", [files])


def _land(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Write the proposals under a name that says when, complete before it is there."""
    folder.mkdir(parents=True, exist_ok=True)
    for leftover in folder.glob(".*.part"):
        leftover.unlink()
    proposed_at = datetime.now(UTC)
    file = folder / f"{proposed_at:%Y%m%dT%H%M%S%f}.parquet"
    unfinished = file.with_name(f".{file.name}.part")
    connection.execute(
        statement("landing_file"),
        {"path": str(unfinished), "proposed_at": f"{proposed_at:%Y-%m-%dT%H:%M:%S.%fZ}"},
    )
    with unfinished.open("rb") as written:
        os.fsync(written.fileno())
    unfinished.replace(file)
