"""The sensor asks for one run over what has landed, of a job that asks no vendor."""

import importlib
import os
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from orchestration.sensors import new_files
from orchestration.transform import InstalledDbt, dbt_resource, transform_assets
from orchestration.warehouse import Home, Manifest


@pytest.fixture
def landing(home: Home, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where events land."""
    monkeypatch.setenv("KITH_HOME", str(home.root))
    folder = home.landing / "events"
    folder.mkdir(parents=True)
    return folder


def asked(
    instance: dg.DagsterInstance, cursor: str | None, watch_seconds: float = 0
) -> tuple[str | None, str | None]:
    """The run key that the sensor asks for, if any, and its next cursor."""
    context = dg.build_sensor_context(instance=instance, cursor=cursor)
    result = new_files("landed", "run", watch_seconds)(context)
    if isinstance(result, dg.SkipReason):
        return None, cursor
    assert isinstance(result, dg.SensorResult)
    (request,) = result.run_requests or ()
    return request.run_key, result.cursor


def test_each_change_of_what_landed_is_asked_for_once(landing: Path) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        assert asked(instance, None) == (None, None)
        (landing / "a.ndjson.part").write_text("{}\n")
        assert asked(instance, None) == (None, None)
        (landing / "a.ndjson").write_text("{}\n")
        (landing / "b.ndjson").write_text("{}\n")
        first, cursor = asked(instance, None)
        assert first is not None
        assert asked(instance, cursor) == (None, cursor)
        (landing / "c.ndjson").write_text("{}\n")
        second, _ = asked(instance, cursor)
        assert second not in (None, first)


def test_a_file_that_ends_within_a_line_is_asked_for_once_it_has_settled(landing: Path) -> None:
    file = landing / "a.ndjson"
    file.write_text("{}")
    with dg.DagsterInstance.ephemeral() as instance:
        assert asked(instance, None) == (None, None)
        os.utime(file, (time.time() - 61, time.time() - 61))
        assert asked(instance, None)[0] is not None


def test_a_file_that_lands_while_the_sensor_watches_is_asked_for_at_once(landing: Path) -> None:
    part = landing / "a.ndjson.part"
    part.write_text("{}\n")
    arrival = threading.Timer(0.3, part.rename, [landing / "a.ndjson"])
    with dg.DagsterInstance.ephemeral() as instance:
        arrival.start()
        asked_for, _ = asked(instance, None, watch_seconds=30)
        arrival.join()
    assert asked_for is not None


@pytest.mark.parametrize("job", ["landed", "run"])
def test_what_lands_during_a_run_waits_for_its_end(landing: Path, job: str) -> None:
    (landing / "a.ndjson").write_text("{}\n")
    with dg.DagsterInstance.ephemeral() as instance:
        run = dg.DagsterRun(job_name=job, status=dg.DagsterRunStatus.STARTED)
        instance.add_run(run)
        assert asked(instance, None) == (None, None)
        instance.delete_run(run.run_id)
        assert asked(instance, None)[0] is not None


def test_the_job_of_the_sensor_goes_from_the_load_to_every_sync_and_asks_no_vendor(
    landing: Path, manifest: Manifest
) -> None:
    assert landing.exists()
    assert manifest.path.exists()
    definitions = importlib.import_module("orchestration.definitions")
    steps = {node.name for node in definitions.defs.resolve_job_def("landed").nodes}
    assert {"load", "transform", "serve__serving", "syncs", "serve__ledger"} <= steps
    assert not [name for name in steps if name.startswith(("collect_", "landing"))]


class Nothing:
    """What a dbt says that has nothing to do."""

    def stream(self) -> Iterator[Any]:
        """No events."""
        yield from ()


@pytest.mark.parametrize(("job", "is_quick"), [("landed", True), ("run", False)])
def test_only_the_run_over_what_landed_leaves_out_tests_that_go_through_everything(
    landing: Path, manifest: Manifest, monkeypatch: pytest.MonkeyPatch, job: str, is_quick: bool
) -> None:
    assert landing.exists()
    asked_for: list[Sequence[str]] = []

    def cli(_: InstalledDbt, command: Sequence[str], **__: object) -> Nothing:
        asked_for.append(command)
        return Nothing()

    monkeypatch.setattr(InstalledDbt, "cli", cli)
    definitions = dg.Definitions(
        assets=[transform_assets(manifest, "landed")],
        jobs=[dg.define_asset_job(job)],
        resources={"dbt": dbt_resource()},
    )
    assert definitions.resolve_job_def(job).execute_in_process().success
    (command,) = asked_for
    assert ("tag:hourly" in command) is is_quick
