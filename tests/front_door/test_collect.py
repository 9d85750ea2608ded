"""Reading from vendors: nothing lost, nothing twice."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from orchestration.sources.declaration import Hubspot
from orchestration.sources.hubspot import rows
from orchestration.sources.pipelines import landing_pipeline, vendor_source
from orchestration.sources.vendor import Api
from tests.front_door.crm import CONTACTS, TABLES, Sandbox, people


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


@pytest.mark.parametrize("vendor", TABLES)
def test_a_write_that_changes_nothing_collected_is_no_new_version(
    sandbox: Sandbox, vendor: str
) -> None:
    (person,) = sandbox.edit(vendor, *people(vendor, 1, "same"))
    sandbox.collect(vendor)
    assert sandbox.load().batch_id == 1
    elsewhere = "city" if vendor == "hubspot" else "City"
    sandbox.edit(vendor, {"Id": person, elsewhere: "Utrecht"})
    sandbox.collect(vendor)
    assert sandbox.load().batch_id is None


def test_a_contact_that_changed_still_names_its_company(sandbox: Sandbox) -> None:
    employer = {"companies": {"results": [{"id": "7", "type": "contact_to_company"}]}}
    wanted = CONTACTS.collect.model_copy(update={"associations": ("companies",)})
    table = CONTACTS.model_copy(update={"collect": wanted})
    record = {"properties": {"email": "employed@example.com"}, "associations": employer}
    body = {"object": "contacts", "records": [record]}
    (contact,) = sandbox.control("POST", "hubspot", "upsert", body)["ids"]
    for name in ("Ann", "Anna"):
        sandbox.edit("hubspot", {"Id": contact, "firstname": name})
        pipeline = landing_pipeline(sandbox.home, "hubspot")
        pipeline.drop()
        pipeline.run(vendor_source("hubspot", [table]))
        sandbox.load()
    versions = sandbox.rows(
        "select record ->> '$.properties.firstname', record ->> '$.associations.companies.results' "
        f"from raw.hubspot_contacts where record_id = '{contact}' order by batch_id"
    )
    assert [name for name, _ in versions] == ["Ann", "Anna"]
    assert [json.loads(companies) for _, companies in versions] == [
        employer["companies"]["results"]
    ] * 2


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


def test_a_load_that_dlt_never_completed_is_forgotten_and_read_again(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestration.sources.vendor.OVERLAP", timedelta())
    sandbox.edit("hubspot", *people("hubspot", 1, "d"))
    sandbox.collect("hubspot")
    sandbox.load()
    sandbox.edit("hubspot", *people("hubspot", 1, "e"))
    sandbox.edit("hubspot", *people("hubspot", 1, "later"))
    sandbox.collect("hubspot")
    # As if killed after the position was stored and before the load was marked complete.
    max((sandbox.home.landing / "hubspot" / "_dlt_loads").iterdir()).unlink()
    assert sandbox.load().batch_id is None
    sandbox.collect("hubspot")
    assert sandbox.load().tables[0].loaded == 2


def test_other_properties_start_the_reading_anew(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestration.sources.vendor.OVERLAP", timedelta())
    (known,) = sandbox.edit("hubspot", {"email": "f@example.com", "lastname": "Known"})
    sandbox.edit("hubspot", *people("hubspot", 1, "later"))
    sandbox.collect("hubspot")
    wanted = Hubspot(kind="hubspot", object="contacts", properties=("email", "lastname"))
    pipeline = landing_pipeline(sandbox.home, "hubspot")
    pipeline.drop()
    pipeline.run(vendor_source("hubspot", [CONTACTS.model_copy(update={"collect": wanted})]))
    sandbox.load()
    found = sandbox.rows(
        "select record ->> '$.properties.lastname' from raw.hubspot_contacts"
        f" where record_id = '{known}' order by 1 nulls last"
    )
    assert found[0] == ("Known",)


class Portal(Api):
    """A portal of one contact, which is linked to one company."""

    def __init__(self) -> None:
        self.linked = {"results": [{"id": "7", "type": "contact_to_company"}]}
        self.contact = {
            "id": "1",
            "properties": {"email": "a@example.com"},
            "updatedAt": "2026-01-01T00:00:00.000Z",
        }

    def ask(self, method: str, path: str, expected: str, **content: object) -> dict[str, Any]:
        if path.startswith("/crm/v3/associations/contacts/companies"):
            assert content == {"json": {"inputs": [{"id": "1"}]}}
            return {"results": [{"from": {"id": "1"}, "to": self.linked["results"]}]}
        if method == "POST":
            return {"results": [dict(self.contact)], "total": 1}
        if "'archived': 'true'" in str(content):
            return {"results": []}
        return {"results": [self.contact | {"associations": {"companies": self.linked}}]}


def test_a_changed_record_carries_its_associations_as_the_listing_does() -> None:
    wanted = Hubspot(
        kind="hubspot", object="contacts", properties=("email",), associations=("companies",)
    )
    state: dict[str, Any] = {}
    (listed,) = rows(Portal(), wanted, state)
    (changed,) = rows(Portal(), wanted, state)
    assert '"associations"' in listed["record"]
    assert changed == listed


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
