"""The sensor asks for one run over what has landed, of a job that asks no vendor."""

import importlib
from pathlib import Path

import dagster as dg
import pytest

from orchestration.sensors import new_files
from orchestration.warehouse import Home, Manifest


@pytest.fixture
def landing(home: Home, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where events land."""
    monkeypatch.setenv("KITH_HOME", str(home.root))
    folder = home.landing / "events"
    folder.mkdir(parents=True)
    return folder


def asked(instance: dg.DagsterInstance, cursor: str | None) -> tuple[str | None, str | None]:
    """The run key that the sensor asks for, if any, and its next cursor."""
    context = dg.build_sensor_context(instance=instance, cursor=cursor)
    result = new_files("landed", "run")(context)
    if isinstance(result, dg.SkipReason):
        return None, cursor
    assert isinstance(result, dg.SensorResult)
    (request,) = result.run_requests or ()
    return request.run_key, result.cursor


def test_each_change_of_what_landed_is_asked_for_once(landing: Path) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        assert asked(instance, None) == (None, None)
        (landing / "a.ndjson.part").write_text("{}")
        assert asked(instance, None) == (None, None)
        (landing / "a.ndjson").write_text("{}")
        (landing / "b.ndjson").write_text("{}")
        first, cursor = asked(instance, None)
        assert first is not None
        assert asked(instance, cursor) == (None, cursor)
        (landing / "c.ndjson").write_text("{}")
        second, _ = asked(instance, cursor)
        assert second not in (None, first)


@pytest.mark.parametrize("job", ["landed", "run"])
def test_what_lands_during_a_run_waits_for_its_end(landing: Path, job: str) -> None:
    (landing / "a.ndjson").write_text("{}")
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
