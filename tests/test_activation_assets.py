"""Syncs as Dagster sees them: one asset each, whose check tells what a vendor's bad day did."""

from pathlib import Path
from typing import Any

import pytest
from dagster import AssetCheckSeverity, AssetKey, materialize

from orchestration.activate import sync_assets
from orchestration.warehouse import Home, Manifest
from sandbox.vendors.hubspot.app import HubSpot
from tests.activation_world import TOKEN, UNLIMITED, people, publish, rows, served

HUBSPOT = {
    "destination": "hubspot",
    "object": "contacts",
    "match": "email",
    "map": {"email": "email"},
    "limits": {"attempts": 1},
}
FILE = {
    "destination": "file",
    "options": {"path": "exports", "format": "csv"},
    "mode": "mirror",
}


def manifest() -> Manifest:
    common = {"model": "customers", "consent": {"purpose": "marketing", "channel": "email"}}
    made = Manifest(Path("manifest.json"))
    made.__dict__["content"] = {
        "exposures": {
            "x": exposure("hubspot_people", common | HUBSPOT),
            "y": exposure("file_people", common | FILE | {"map": {"id": "customer_id"}}),
        },
        "nodes": {"model.kith.customers": {"name": "customers", "schema": "customers"}},
    }
    return made


def exposure(name: str, declared: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "original_file_path": "models/activation/people.yml",
        "owner": {"email": "lifecycle@example.com"},
        "description": "Everybody.",
        "depends_on": {"nodes": ["model.kith.customers"]},
        "config": {"meta": {"sync": declared}},
    }


def test_each_sync_is_an_asset_after_the_publication() -> None:
    assets = sync_assets(manifest()).specs_by_key
    spec = assets[AssetKey(["activation", "hubspot_people"])]
    assert [dependency.asset_key for dependency in spec.deps] == [AssetKey(["serve", "serving"])]
    assert spec.group_name == "activation"
    assert list(spec.owners) == ["lifecycle@example.com"]
    assert AssetKey(["activation", "file_people"]) in assets


def test_a_vendor_that_is_down_warns_and_neither_fails_the_run_nor_another_sync(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KITH_HOME", str(tmp_path))
    monkeypatch.setenv("HUBSPOT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("HUBSPOT_TOKEN", "any")
    publish(Home(tmp_path), people(20))
    result = materialize([sync_assets(manifest())], raise_on_error=True)
    assert result.success
    checks = {check.asset_key.path[-1]: check for check in result.get_asset_check_evaluations()}
    assert not checks["hubspot_people"].passed
    assert checks["hubspot_people"].severity == AssetCheckSeverity.WARN
    assert checks["file_people"].passed
    told = str(
        [event.materialization.metadata for event in result.get_asset_materialization_events()]
    )
    assert "example.com" not in told and "'sent'" in told


def test_a_sync_that_is_declared_wrongly_is_red_and_the_others_are_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KITH_HOME", str(tmp_path))
    monkeypatch.delenv("HUBSPOT_TOKEN", raising=False)
    publish(Home(tmp_path), people(20))
    made = manifest()
    made.content["exposures"]["x"]["config"]["meta"]["sync"]["match"] = "phone"
    result = materialize([sync_assets(made)], raise_on_error=True)
    checks = {check.asset_key.path[-1]: check for check in result.get_asset_check_evaluations()}
    assert checks["file_people"].passed
    assert not checks["hubspot_people"].passed
    assert checks["hubspot_people"].severity == AssetCheckSeverity.ERROR
    runs = "select sync, status, reason from activation.sync_runs where status = 'refused'"
    ((name, _, reason),) = rows(Home(tmp_path), runs)
    assert name == "hubspot_people" and "match: phone is no field of map" in reason


def test_a_slow_vendor_delays_no_other_sync(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path)
    publish(home, people(20))
    with served(HubSpot(TOKEN, None, UNLIMITED)) as hubspot:
        for name, value in {"KITH_HOME": str(tmp_path), **hubspot.environment}.items():
            monkeypatch.setenv(name, value)
        hubspot.order(rates={"slow": 1.0}, slow_seconds=2)
        result = materialize([sync_assets(manifest())], raise_on_error=True)
    assert result.success
    settled = "select sync from activation.sync_runs order by settled_at"
    assert rows(home, settled) == [("file_people",), ("hubspot_people",)]
    early, late = rows(home, "select settled_at from activation.sync_runs order by settled_at")
    assert (late[0] - early[0]).total_seconds() > 1
