"""One Dagster run over the front door: no vendor stops another."""

import json
import os
from collections.abc import Iterator
from typing import Any

import dagster as dg
import pytest
from dagster_dlt import DagsterDltResource

from orchestration.collect import collect_assets
from orchestration.load import load_asset
from orchestration.sources.declaration import Declaration, Hubspot
from orchestration.warehouse import Manifest
from tests.front_door.crm import CONTACTS, TABLES, Sandbox, people


class Declared(Manifest):
    """A manifest of the two vendors' tables and a folder of dropped files."""

    def __init__(self, *more: Declaration) -> None:
        super().__init__()
        collects: dict[tuple[str, str], dict[str, Any]] = {
            (each.source, each.table): each.collect.model_dump()
            for each in (*TABLES.values(), *more)
        }
        collects["events", "messages"] = {"kind": "event_files", "path": "events"}
        self.__dict__["content"] = {
            "sources": {
                name: {
                    "source_name": source,
                    "name": name,
                    "identifier": "events" if source == "events" else f"{source}_{name}",
                    "original_file_path": "x.yml",
                    "config": {"meta": {"collect": collect}},
                }
                for (source, name), collect in collects.items()
            }
        }


def materialize(*more: Declaration) -> dg.ExecuteInProcessResult:
    manifest = Declared(*more)
    return dg.materialize(
        [*collect_assets(manifest), load_asset(manifest)],
        resources={"dlt": DagsterDltResource()},
        raise_on_error=False,
    )


def checks(result: dg.ExecuteInProcessResult) -> dict[str, dg.AssetCheckEvaluation]:
    return {each.asset_key.path[1]: each for each in result.get_asset_check_evaluations()}


def checked_tables(result: dg.ExecuteInProcessResult, source: str) -> dict[str, str]:
    """What stopped each table of a source, empty for what landed."""
    return {
        each.asset_key.path[2]: "" if each.passed else str(each.metadata["cause"].value)
        for each in result.get_asset_check_evaluations()
        if each.asset_key.path[1] == source
    }


def test_one_run_collects_and_loads_everything(sandbox: Sandbox) -> None:
    (contact,) = sandbox.edit("hubspot", *people("hubspot", 1, "h"))
    (lead,) = sandbox.edit("salesforce", *people("salesforce", 1, "h"))
    folder = sandbox.home.landing / "events"
    folder.mkdir(parents=True)
    message = {"messageId": "m1", "type": "page", "userId": "u1"}
    (folder / "a.ndjson").write_text(json.dumps(message) + "\n")
    result = materialize()
    assert result.success
    assert all(each.passed for each in checks(result).values())
    assert contact in sandbox.latest("hubspot")
    assert lead in sandbox.latest("salesforce")
    assert sandbox.rows("select message_id, batch_id from raw.events") == [("m1", 1)]
    (loaded,) = result.asset_materializations_for_node("load")[-1:]
    assert loaded.asset_key == dg.AssetKey(["events", "messages"])
    assert {name: found.value for name, found in loaded.metadata.items()} == {
        "batch_id": 1,
        "files": 1,
        "loaded": 1,
        "duplicates": 0,
        "quarantined": 0,
    }


def test_a_vendor_that_is_down_fails_its_check_and_stops_nobody(sandbox: Sandbox) -> None:
    sandbox.edit("hubspot", *people("hubspot", 1, "i"))
    (lead,) = sandbox.edit("salesforce", *people("salesforce", 1, "i"))
    sandbox.faults("hubspot", down=True)
    result = materialize()
    assert result.success
    found = checks(result)
    assert (found["hubspot"].passed, found["salesforce"].passed) == (False, True)
    cause = str(found["hubspot"].metadata["cause"].value)
    assert "hubspot answered 503" in cause
    assert os.environ["HUBSPOT_TOKEN"] not in cause
    assert lead in sandbox.latest("salesforce")
    assert sandbox.rows("select count(*) from raw.hubspot_contacts") == [(0,)]


DEALS = CONTACTS.model_copy(
    update={
        "table": "deals",
        "identifier": "hubspot_deals",
        "collect": Hubspot(kind="hubspot", object="deals", properties=("dealname",)),
    }
)


def test_a_table_that_may_not_be_read_stops_no_other_table_of_its_vendor(sandbox: Sandbox) -> None:
    (contact,) = sandbox.edit("hubspot", *people("hubspot", 1, "scope"))
    sandbox.faults("hubspot", rates={"403": 1.0}, only="/crm/v3/objects/deals")
    result = materialize(DEALS)
    assert result.success
    stopped = checked_tables(result, "hubspot")
    assert stopped["contacts"] == ""
    assert "hubspot answered 403 to GET /crm/v3/objects/deals" in stopped["deals"]
    assert "docs/collection.md" in stopped["deals"]
    assert contact in sandbox.latest("hubspot")
    sandbox.faults("hubspot")
    assert set(checked_tables(materialize(DEALS), "hubspot").values()) == {""}


def test_credentials_that_are_refused_stop_all_tables_of_a_vendor_at_the_first_request(
    sandbox: Sandbox,
) -> None:
    sandbox.faults("hubspot", rates={"401": 1.0})
    before = sum(sandbox.requests("hubspot").values())
    stopped = checked_tables(materialize(DEALS), "hubspot")
    assert stopped.keys() == {"contacts", "deals"}
    assert all("refused, see HUBSPOT_TOKEN" in cause for cause in stopped.values())
    assert sum(sandbox.requests("hubspot").values()) == before + 1


def test_a_vendor_without_credentials_is_skipped_and_that_is_no_failure(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HUBSPOT_TOKEN")
    before = sandbox.requests("hubspot")
    result = materialize()
    assert result.success
    found = checks(result)["hubspot"]
    cause = "no credentials: HUBSPOT_TOKEN not set"
    assert (found.passed, found.metadata["cause"].value) == (True, cause)
    assert sandbox.requests("hubspot") == before


def test_an_error_that_is_not_the_vendors_is_not_swallowed(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> Iterator[Any]:
        raise ZeroDivisionError

    monkeypatch.setattr("orchestration.sources.hubspot.rows", broken)
    assert not materialize().success


def test_a_long_first_reading_lands_slice_by_slice_in_one_run(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestration.sources.hubspot.SLICE", 1_000)
    ids = sandbox.edit("hubspot", *people("hubspot", 2_100, "slice"))
    assert materialize().success
    assert set(ids) <= sandbox.latest("hubspot").keys()
    assert len(list((sandbox.home.landing / "hubspot" / "_dlt_loads").glob("*.jsonl"))) >= 3
