"""Collecting from vendors: nothing lost, nothing twice, and no vendor stops another."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import httpx
import pytest
from dagster_dlt import DagsterDltResource

from orchestration.collect import collect_assets
from orchestration.load import load_asset
from orchestration.sources.declaration import Declaration, Hubspot, Salesforce
from orchestration.sources.intake import LoadReport, load
from orchestration.sources.pipelines import landing_pipeline, vendor_source
from orchestration.warehouse import Home, Manifest, connect
from sandbox.vendors.limits import Limits
from sandbox.vendors.serve import Vendors

CONTACTS = Declaration(
    source="hubspot",
    table="contacts",
    identifier="hubspot_contacts",
    collect=Hubspot(kind="hubspot", object="contacts", properties=("email", "firstname")),
)
LEADS = Declaration(
    source="salesforce",
    table="lead",
    identifier="salesforce_lead",
    collect=Salesforce(kind="salesforce", object="Lead", fields=("Id", "Email", "Company")),
)
TABLES = {"hubspot": CONTACTS, "salesforce": LEADS}
OBJECTS = {"hubspot": "contacts", "salesforce": "Lead"}


class Sandbox:
    """Both vendors, edited as people would, and the installation that collects from them."""

    def __init__(self, environment: dict[str, str], home: Home) -> None:
        self.home = home
        self.urls = {name: environment[f"{name.upper()}_URL"] for name in TABLES}

    def control(self, method: str, vendor: str, action: str, body: object = None) -> dict[str, Any]:
        reply = httpx.request(method, f"{self.urls[vendor]}/_sandbox/{action}", json=body)
        found: dict[str, Any] = reply.raise_for_status().json() if reply.content else {}
        return found

    def faults(self, vendor: str, **plan: object) -> None:
        self.control("PUT", vendor, "faults", plan)

    def edit(self, vendor: str, *records: dict[str, Any]) -> list[str]:
        if vendor == "hubspot":
            records = tuple(
                {"id": each.pop("Id", None), "properties": each} for each in map(dict, records)
            )
            records = tuple({k: v for k, v in each.items() if v} for each in records)
        body = {"object": OBJECTS[vendor], "records": list(records)}
        ids: list[str] = self.control("POST", vendor, "upsert", body)["ids"]
        return ids

    def delete(self, vendor: str, *ids: str) -> None:
        self.control("POST", vendor, "delete", {"object": OBJECTS[vendor], "ids": list(ids)})

    def requests(self, vendor: str) -> dict[str, int]:
        return self.control("GET", vendor, "requests")

    def collect(self, vendor: str) -> None:
        pipeline = landing_pipeline(self.home, vendor)
        pipeline.drop()
        pipeline.run(vendor_source(vendor, [TABLES[vendor]]))

    def load(self) -> LoadReport:
        return load(self.home, TABLES.values())

    def rows(self, text: str) -> list[Any]:
        with connect(self.home.warehouse, read_only=True) as connection:
            return connection.execute(text).fetchall()

    def latest(self, vendor: str) -> dict[str, tuple[bool, str]]:
        """What the raw table says of each record: deleted or not, and its e-mail address."""
        email = "$.properties.email" if vendor == "hubspot" else "$.Email"
        table = TABLES[vendor].identifier
        found = self.rows(
            f"""select record_id, is_deleted, record ->> '{email}' from raw.{table}
            qualify row_number() over (
                partition by record_id order by updated_at desc, batch_id desc) = 1"""
        )
        return {record_id: (is_deleted, email) for record_id, is_deleted, email in found}


@pytest.fixture(scope="module")
def serving() -> Iterator[dict[str, str]]:
    with Vendors(None, Limits(hubspot_ten_seconds=10**6, hubspot_search_second=10**6)) as vendors:
        yield vendors.environment()


@pytest.fixture
def sandbox(
    serving: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Sandbox]:
    home = Home(tmp_path / "home")
    settings = {"KITH_HOME": str(home.root), "RUNTIME__REQUEST_BACKOFF_FACTOR": "0.02"}
    for name, value in (serving | settings).items():
        monkeypatch.setenv(name, value)
    sandbox = Sandbox(serving, home)
    for vendor in TABLES:
        sandbox.faults(vendor)
    yield sandbox
    for name in list(os.environ):
        if name.startswith(("DLT_", "LOAD__", "RUNTIME__")):
            monkeypatch.delenv(name)


def emails(count: int, prefix: str) -> list[dict[str, Any]]:
    return [
        {"Email": f"{prefix}{n}@example.com", "LastName": "x", "Company": "y"} for n in range(count)
    ]


def as_contacts(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"email": each["Email"]} for each in records]


def people(vendor: str, count: int, prefix: str) -> list[dict[str, Any]]:
    found = emails(count, prefix)
    return as_contacts(found) if vendor == "hubspot" else found


@pytest.mark.parametrize("vendor", TABLES)
def test_changes_and_deletions_arrive_once_and_the_overlap_adds_nothing(
    sandbox: Sandbox, vendor: str
) -> None:
    ids = sandbox.edit(vendor, *people(vendor, 250, "a"))
    sandbox.collect(vendor)
    assert sandbox.load().batch_id == 1
    assert set(ids) <= sandbox.latest(vendor).keys()
    sandbox.collect(vendor)
    assert sandbox.load().batch_id is None
    changed = people(vendor, 1, "changed")[0]
    sandbox.edit(vendor, {"Id": ids[0], **changed})
    sandbox.delete(vendor, ids[1])
    (new,) = sandbox.edit(vendor, *people(vendor, 1, "new"))
    sandbox.collect(vendor)
    (report,) = sandbox.load().tables
    assert report.loaded == 3
    latest = sandbox.latest(vendor)
    assert latest[ids[0]] == (False, "changed0@example.com")
    assert latest[ids[1]][0]
    assert latest[new] == (False, "new0@example.com")
    assert latest[ids[2]] == (False, "a2@example.com")


def test_a_bulk_edit_beyond_a_search_page_in_one_millisecond_arrives_whole(
    sandbox: Sandbox,
) -> None:
    sandbox.edit("hubspot", *people("hubspot", 3, "b"))
    sandbox.collect("hubspot")
    ids = sandbox.edit("hubspot", *people("hubspot", 450, "bulk"))
    sandbox.edit("hubspot", *people("hubspot", 3, "after"))
    sandbox.collect("hubspot")
    sandbox.load()
    assert set(ids) <= sandbox.latest("hubspot").keys()
    versions = sandbox.rows("select count(*), count(distinct record_id) from raw.hubspot_contacts")
    assert versions[0][0] == versions[0][1]


def test_a_salesforce_result_of_several_pages_arrives_whole(sandbox: Sandbox) -> None:
    ids = sandbox.edit("salesforce", *people("salesforce", 4100, "page"))
    sandbox.collect("salesforce")
    sandbox.load()
    assert set(ids) <= sandbox.latest("salesforce").keys()


@pytest.mark.parametrize("vendor", TABLES)
def test_throttling_and_server_errors_are_waited_out(sandbox: Sandbox, vendor: str) -> None:
    ids = sandbox.edit(vendor, *people(vendor, 250, "c"))
    # Salesforce says 403 where others say 429, and means it for the day.
    throttled = ["429"] if vendor == "hubspot" else ["500_before"]
    sandbox.faults(vendor, next=[*throttled, "reset", "500_after", "503"])
    sandbox.collect(vendor)
    sandbox.load()
    assert set(ids) <= sandbox.latest(vendor).keys()


@pytest.mark.parametrize("fault", ["garbage", "empty", "401", "reset"])
@pytest.mark.parametrize("vendor", TABLES)
def test_a_failure_in_the_middle_leaves_nothing_and_the_next_run_gets_everything(
    sandbox: Sandbox, vendor: str, fault: str
) -> None:
    (first,) = sandbox.edit(vendor, *people(vendor, 1, "before"))
    sandbox.collect(vendor)
    sandbox.load()
    (second,) = sandbox.edit(vendor, *people(vendor, 1, "during"))
    sandbox.faults(
        vendor, next=[fault] * 20, only="/crm" if vendor == "hubspot" else "/services/data"
    )
    with pytest.raises(Exception, match=vendor):
        sandbox.collect(vendor)
    assert sandbox.load().batch_id is None
    sandbox.faults(vendor)
    sandbox.collect(vendor)
    assert sandbox.load().tables[0].loaded == 1
    assert {first, second} <= sandbox.latest(vendor).keys()


def test_a_load_that_dlt_never_completed_is_forgotten_and_read_again(sandbox: Sandbox) -> None:
    sandbox.edit("hubspot", *people("hubspot", 1, "d"))
    sandbox.collect("hubspot")
    sandbox.load()
    sandbox.edit("hubspot", *people("hubspot", 1, "e"))
    sandbox.collect("hubspot")
    # As if killed after the position was stored and before the load was marked complete.
    folder = sandbox.home.landing / "hubspot"
    max((folder / "_dlt_loads").iterdir()).unlink()
    assert sandbox.load().batch_id is None
    sandbox.collect("hubspot")
    assert sandbox.load().tables[0].loaded == 1


def test_other_properties_start_the_reading_anew(sandbox: Sandbox) -> None:
    ids = sandbox.edit("hubspot", {"email": "f@example.com", "lastname": "Known"})
    sandbox.collect("hubspot")
    wanted = Hubspot(kind="hubspot", object="contacts", properties=("email", "lastname"))
    pipeline = landing_pipeline(sandbox.home, "hubspot")
    pipeline.drop()
    pipeline.run(vendor_source("hubspot", [CONTACTS.model_copy(update={"collect": wanted})]))
    sandbox.load()
    found = sandbox.rows(
        f"select record -> '$.properties.lastname' from raw.hubspot_contacts"
        f" where record_id = '{ids[0]}' and (record ->> '$.properties.lastname') is not null"
    )
    assert found == [('"Known"',)]


def test_nothing_is_written_outside_the_home(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.setenv("HOME", str(elsewhere))
    monkeypatch.chdir(elsewhere)
    sandbox.edit("hubspot", *people("hubspot", 1, "g"))
    sandbox.collect("hubspot")
    assert list(elsewhere.rglob("*")) == []
    kept = [path for path in sandbox.home.dlt.rglob("*") if path.suffix == ".parquet"]
    assert kept == []


class Declared(Manifest):
    """A manifest of the two vendors' tables and a folder of dropped files."""

    def __init__(self) -> None:
        super().__init__()
        collects: dict[tuple[str, str], dict[str, Any]] = {
            (each.source, each.table): each.collect.model_dump() for each in TABLES.values()
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


def materialize() -> dg.ExecuteInProcessResult:
    manifest = Declared()
    return dg.materialize(
        [*collect_assets(manifest), load_asset(manifest)],
        resources={"dlt": DagsterDltResource()},
        raise_on_error=False,
    )


def checks(result: dg.ExecuteInProcessResult) -> dict[str, dg.AssetCheckEvaluation]:
    return {each.asset_key.path[1]: each for each in result.get_asset_check_evaluations()}


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


def test_a_vendor_without_credentials_is_skipped_and_that_is_no_failure(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HUBSPOT_TOKEN")
    before = sandbox.requests("hubspot")
    result = materialize()
    assert result.success
    found = checks(result)["hubspot"]
    assert (found.passed, found.metadata["cause"].value) == (True, "no credentials")
    assert sandbox.requests("hubspot") == before


def test_an_error_that_is_not_the_vendors_is_not_swallowed(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> Iterator[Any]:
        raise ZeroDivisionError

    monkeypatch.setattr("orchestration.sources.hubspot.rows", broken)
    assert not materialize().success
