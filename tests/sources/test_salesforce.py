"""Salesforce as a source: merges, jobs of the Bulk API, slices, lost deletions, unknown fields."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest

from orchestration.sources import id_scan, salesforce, salesforce_bulk
from orchestration.sources.declaration import Declaration, Salesforce
from orchestration.sources.vendor import Row, VendorError
from sandbox.vendors.salesforce import app, query
from sandbox.vendors.salesforce.merge import merge
from sandbox.vendors.salesforce.schema import Field
from tests.activation_world import UNLIMITED, Served, served
from tests.sources.installation import Installation, installed

CLIENT = (token_hex(8), token_hex(8))
WANTED: dict[str, tuple[str, ...]] = {
    "Lead": ("Id", "Email", "Company", "HasOptedOutOfEmail", "MasterRecordId", "CreatedDate"),
    "Account": ("Name", "NumberOfEmployees", "AnnualRevenue", "CreatedDate"),
    "Task": ("Subject", "WhoId", "ActivityDate"),
    "CampaignMember": ("CampaignId", "LeadId", "Status"),
}
DATA = "/services/data/v62.0"
JOBS = f"{DATA}/jobs/query"


@dataclass(frozen=True)
class Org(Installation):
    """An installation that collects some objects of an org."""

    def table(self, name: str) -> Declaration:
        low = name.lower()
        return Declaration(
            source="salesforce",
            table=low,
            identifier=f"salesforce_{low}",
            collect=Salesforce(kind="salesforce", object=name, fields=WANTED[name]),
            file="models/staging/salesforce/_salesforce.yml",
        )


@pytest.fixture
def vendor() -> app.Salesforce:
    return app.Salesforce(CLIENT, None, UNLIMITED)


@pytest.fixture
def address(vendor: app.Salesforce) -> Iterator[Served]:
    with served(vendor) as at:
        yield at


@pytest.fixture
def kith(tmp_path: Path, address: Served) -> Iterator[Org]:
    names = ("SALESFORCE_CLIENT_ID", "SALESFORCE_CLIENT_SECRET")
    environment = {"SALESFORCE_URL": address.url, **dict(zip(names, CLIENT, strict=True))}
    with installed(tmp_path, "salesforce", {}, environment) as made:
        yield Org(made.home, "salesforce", {"Lead": {}})


@pytest.fixture
def bulk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five records are many, and a page holds ten."""
    monkeypatch.setattr(salesforce, "LARGE", 5)
    monkeypatch.setattr(salesforce_bulk, "PAGE", 10)
    monkeypatch.setattr(salesforce_bulk, "FIRST_WAIT", 0.001)


def people(count: int, name: str = "p") -> list[dict[str, Any]]:
    # What CSV has to quote, and what it has no word for.
    odd: Mapping[str, object] = {"Company": 'A "B",\nC', "HasOptedOutOfEmail": True}
    plain = [{"LastName": "x", "Email": f"{name}{n}@example.com"} for n in range(count)]
    return [{**each, **(odd if n % 2 else {})} for n, each in enumerate(plain)]


def read(name: str, state: dict[str, Any]) -> list[Row]:
    """Everything of an object, slice by slice, as the runs of a pipeline would read it."""
    wanted = Salesforce(kind="salesforce", object=name, fields=WANTED[name])
    found = list(salesforce.rows(salesforce.api(), wanted, state))
    while "paused" in state:
        found += salesforce.rows(salesforce.api(), wanted, state)
    return found


def asked(address: Served, start: str) -> int:
    return sum(count for name, count in address.gate.requests.items() if name.startswith(start))


def test_a_merge_a_deletion_and_a_change_arrive_once(vendor: app.Salesforce, kith: Org) -> None:
    ada, other, bob, cyd = vendor.edit("Lead", people(4))
    [campaign] = vendor.edit("Campaign", [{"Name": "Fair"}])
    [task] = vendor.edit("Task", [{"Subject": "Call", "WhoId": other, "Description": "secret"}])
    [member] = vendor.edit("CampaignMember", [{"CampaignId": campaign, "LeadId": bob}])
    everything = Org(kith.home, "salesforce", {"Lead": {}, "Task": {}, "CampaignMember": {}})
    assert everything.collect() == {"lead": 4, "task": 1, "campaignmember": 1}
    assert everything.collect() == {}
    merge(vendor.org, "Lead", ada, [other])
    vendor.edit("Lead", [{"Id": bob, "Company": "New"}])
    vendor.remove("Lead", [cyd])
    vendor.edit("CampaignMember", [{"Id": member, "Status": "Responded"}])
    # The winner had no company; the task of the loser is the winner's now.
    assert everything.collect() == {"lead": 4, "task": 1, "campaignmember": 1}
    leads = everything.latest("Lead")
    assert leads[other][0] and leads[other][1]["MasterRecordId"] == ada
    assert leads[cyd][0] and leads[cyd][1]["MasterRecordId"] is None
    assert not leads[ada][0] and leads[ada][1]["Company"] == 'A "B",\nC'
    assert everything.latest("Task")[task][1]["WhoId"] == ada
    assert "secret" not in json.dumps(everything.latest("Task")[task][1])
    assert everything.collect() == {}


def test_a_record_is_the_same_whether_a_query_or_a_job_read_it(
    vendor: app.Salesforce, kith: Org, request: pytest.FixtureRequest
) -> None:
    gone = vendor.edit("Lead", people(25))[3]
    vendor.remove("Lead", [gone])
    figures = {"NumberOfEmployees": 12, "AnnualRevenue": 1234.5}
    vendor.edit("Account", [{"Name": f"a{n}", **(figures if n % 2 else {})} for n in range(7)])
    queried = {name: read(name, {}) for name in ("Lead", "Account")}
    assert vendor.query_jobs.jobs == {}
    request.getfixturevalue("bulk")
    vendor.query_jobs.patience = 2
    by_job = {name: read(name, {}) for name in ("Lead", "Account")}
    assert len(vendor.query_jobs.jobs) == 2
    for name, rows in queried.items():
        assert sorted(rows, key=str) == sorted(by_job[name], key=str)


@pytest.mark.usefixtures("bulk")
def test_a_killed_first_reading_goes_on_with_its_job_and_its_pages(
    vendor: app.Salesforce, address: Served, kith: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNTIME__REQUEST_MAX_ATTEMPTS", "1")
    vendor.edit("Lead", people(35))
    results = vendor.query_jobs.results
    pages: list[str] = []

    def breaking(key: str, version: str, parameters: Mapping[str, str]) -> Any:  # noqa: ANN401
        pages.append(parameters.get("locator", ""))
        if len(pages) == 3:
            raise InterruptedError
        return results(key, version, parameters)

    vendor.query_jobs.results = breaking  # type: ignore[method-assign]  # breaks once
    with pytest.raises(Exception, match="salesforce answered 500"):
        kith.collect()
    assert kith.collect() == {"lead": 35}
    assert asked(address, f"POST {JOBS}") == 1
    assert pages.count("") == 1
    vendor.edit("Lead", people(1, "new"))
    assert kith.collect() == {"lead": 1}
    assert asked(address, f"POST {JOBS}") == 1


@pytest.mark.usefixtures("bulk")
@pytest.mark.parametrize("fault", ["401", "500_after", "reset_after"])
def test_a_token_that_expires_or_a_page_that_is_lost_in_the_middle_costs_nothing(
    vendor: app.Salesforce, address: Served, kith: Org, fault: str
) -> None:
    ids = vendor.edit("Lead", people(25))
    address.order(next=[fault], only=f"{JOBS}/750Qi0000000001AAA/results")
    assert sorted(each["record_id"] for each in read("Lead", {})) == sorted(ids)
    assert address.gate.faults.fired.total() == 1


@pytest.mark.usefixtures("bulk")
@pytest.mark.parametrize("fault", ["garbage", "empty"])
def test_what_is_no_page_of_a_job_is_refused(
    vendor: app.Salesforce, address: Served, kith: Org, fault: str
) -> None:
    vendor.edit("Lead", people(25))
    address.order(next=[fault], only=f"{JOBS}/750Qi0000000001AAA/results")
    with pytest.raises(VendorError, match="part of a page"):
        read("Lead", {})


@pytest.mark.usefixtures("bulk")
def test_a_job_that_failed_or_was_forgotten_is_done_once_more(
    vendor: app.Salesforce, kith: Org
) -> None:
    ids = vendor.edit("Lead", people(25))
    wanted = Salesforce(kind="salesforce", object="Lead", fields=WANTED["Lead"])
    state: dict[str, Any] = {}
    assert list(salesforce.rows(salesforce.api(), wanted, state)) == []
    first = state["paused"]["position"]["job"]
    vendor.query_jobs.failing = 1
    found = list(salesforce.rows(salesforce.api(), wanted, state))
    second = state["paused"]["position"]["job"]
    assert (len(found), first == second) == (10, False)
    vendor.query_jobs.delete(second)
    assert {each["record_id"] for each in read("Lead", state)} == set(ids)
    vendor.query_jobs.failing = 2
    with pytest.raises(VendorError, match="could not complete a query job of Lead"):
        read("Lead", {})


@pytest.mark.usefixtures("bulk")
def test_what_is_not_taken_in_bulk_is_queried(vendor: app.Salesforce, kith: Org) -> None:
    vendor.org["Lead"].define(Field("Company", "address"))
    assert len(vendor.edit("Lead", people(7))) == len(read("Lead", {})) == 7
    assert vendor.query_jobs.jobs == {}


def test_slices_of_one_moment_are_whole_also_when_others_close_the_query(
    vendor: app.Salesforce, kith: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(salesforce, "SLICE", 10)
    monkeypatch.setattr(query, "PAGE", 4)
    ids = vendor.edit("Lead", people(25))
    more, closed = vendor._queries.more, list[str]()

    def closing(locator: str, version: str) -> dict[str, Any]:
        if not closed:
            closed.append(locator)
            return more("closed", version)
        return more(locator, version)

    monkeypatch.setattr(vendor._queries, "more", closing)
    assert sorted(each["record_id"] for each in read("Lead", {})) == sorted(ids)
    assert closed


def test_what_the_bin_was_emptied_of_before_it_was_read_is_found_by_its_missing_id(
    vendor: app.Salesforce, kith: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, bob, cyd = vendor.edit("Lead", people(3))
    assert kith.collect() == {"lead": 3}
    vendor.remove("Lead", [bob, cyd])
    vendor.purge("Lead", [bob])
    assert kith.collect() == {"lead": 1}
    monkeypatch.setattr(id_scan, "EVERY", timedelta())
    assert kith.collect() == {"lead": 1}
    assert kith.latest("Lead")[bob] == (True, {})
    # Somebody who may be seen again is there again, though no date moved.
    hidden = vendor.org["Lead"].table.records[ada]
    vendor.purge("Lead", [ada])
    vendor.edit("Lead", people(1, "new"))
    assert kith.collect() == {"lead": 2}
    vendor.org["Lead"].table.put(hidden)
    assert kith.collect() == {"lead": 1}
    assert not kith.latest("Lead")[ada][0]


@pytest.mark.parametrize("large", [0, 50_000])
def test_a_field_that_the_org_does_not_have_is_named_with_its_table_and_file(
    vendor: app.Salesforce, kith: Org, monkeypatch: pytest.MonkeyPatch, large: int
) -> None:
    monkeypatch.setattr(salesforce, "LARGE", large)
    monkeypatch.setitem(WANTED, "Lead", ("Email", "Nonsense__c"))
    vendor.edit("Lead", people(1))
    where = r"_salesforce.yml: source table salesforce.lead: field Nonsense__c: "
    with pytest.raises(Exception, match=where):
        kith.collect()
