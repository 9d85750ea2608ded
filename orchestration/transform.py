"""The middle of the house: every dbt model, seed and test, built by one dbt call a run."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtCliResource, dbt_assets
from packaging import version

from orchestration.warehouse import PROJECT, Home, Manifest, macros_fingerprint


class Rooms(DagsterDbtTranslator):
    """A model's Dagster group is its room; the seeds, which marketers edit, are the policy."""

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """The dbt group, or `policy` for a seed."""
        if dbt_resource_props["resource_type"] == "seed":
            return "policy"
        return super().get_group_name(dbt_resource_props)


class InstalledDbt(DbtCliResource):
    """dbt's command line, and nothing of dbt in this process, which takes seconds to start."""

    @cached_property
    def _cli_version(self) -> version.Version:
        # Asking starts a whole dbt: four seconds of every run, for what pip already knows.
        return version.parse(metadata.version("dbt-core"))

    # It is to be given an adapter, which it knows to do without.
    def _initialize_dbt_core_adapter(self, args: Sequence[str]) -> None:  # type: ignore[override]
        # Dagster could ask the warehouse for columns and counts of rows by it; nobody here does.
        return


def dbt_resource() -> DbtCliResource:
    """The dbt of this very environment, whatever is activated or on PATH."""
    return InstalledDbt(
        project_dir=str(PROJECT),
        profiles_dir=str(PROJECT),
        dbt_executable=str(Path(sys.executable).parent / "kith-dbt"),
    )


def transform_assets(manifest: Manifest, quick_job: str) -> dg.AssetsDefinition:
    """One asset per model and seed, one asset check per test; a failed test stops what follows.

    The job called `quick_job` leaves out the tests tagged `hourly`: they compare everybody with
    everything, which takes as long for one new event as for a million.
    """

    @dbt_assets(
        manifest=manifest.path,
        dagster_dbt_translator=Rooms(),
        pool="warehouse",
        name="transform",
    )
    def transform(context: dg.AssetExecutionContext, dbt: DbtCliResource) -> Iterator[Any]:
        # Unit tests check the code, not the data: they belong to `make test`. What dbt says is in
        # the run's log; a second one of every statement takes a seventh of the time. The manifest
        # that counts is the project's, which `dbt parse` makes.
        command = ["build", "--exclude-resource-type", "unit_test"]
        command += ["--log-level-file", "none", "--no-write-json"]
        if context.job_name == quick_job:
            command += ["--exclude", "tag:hourly"]
        os.environ["KITH_MACROS"] = macros_fingerprint()
        # Without a place of its own, every run would leave a folder in the project.
        target = Home.from_environment().root / "dbt"
        yield from dbt.cli(command, context=context, target_path=target).stream()

    return transform
