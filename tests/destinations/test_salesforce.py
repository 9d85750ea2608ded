"""What is special about Salesforce: collections and jobs, locks, lookups, records of somebody."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from orchestration.destinations.protocol import Row
from orchestration.destinations.salesforce.records import emptied, table
from orchestration.warehouse import Home
from sandbox.vendors.salesforce.app import Salesforce
from tests.activation_world import Person, people, quick, rows, served
from tests.destinations.case import renamed, vendor_of
from tests.destinations.cases.salesforce import SYNC, case
from tests.destinations.test_every_destination import At

JOBS = "/services/data/v62.0/jobs/ingest"
COLLECTIONS = "/services/data/v62.0/composite/sobjects"
COLLECTION = f"{COLLECTIONS}/Contact/Kith_Customer_Id__c"
NOTHING_WRONG = "slow"


@contextmanager
def org(path: Path, **more: Any) -> Iterator[tuple[At, Salesforce]]:  # noqa: ANN401 - an exposure's
    """A sync to an empty org; each run is one sync only."""
    one = replace(case("salesforce", **more), answers_later=False)
    secrets = one.secrets()
    vendor: Salesforce = vendor_of(one, secrets)
    with served(vendor) as address:
        address.order(slow_seconds=0)
        yield At(one, Home(path), address, secrets), vendor


def requests(at: At, path: str) -> int:
    """How often something under a path was asked."""
    return sum(n for asked, n in at.vendor.gate.requests.items() if asked.split(" ")[1] == path)


def contacts(vendor: Salesforce) -> dict[str, dict[str, Any]]:
    """Contacts that are not in the bin, by our id."""
    records = vendor.dump()["Contact"].values()
    return {r["Kith_Customer_Id__c"]: r for r in records if not r["IsDeleted"]}


def test_up_to_2000_rows_go_in_collections_of_200(tmp_path: Path) -> None:
    with org(tmp_path, limits=quick()) as (at, vendor):
        assert at.run(people(2000)).sent == 2000
        assert (requests(at, COLLECTION), requests(at, JOBS)) == (10, 0)
        assert len(contacts(vendor)) == 2000


def test_more_rows_go_as_one_job(tmp_path: Path) -> None:
    with org(tmp_path, limits=quick()) as (at, vendor):
        assert at.run(people(2001)).pending == 2001
        assert (requests(at, COLLECTION), requests(at, JOBS)) == (0, 1)
        at.run(people(2001))
        assert len(contacts(vendor)) == 2001


def test_a_job_is_asked_about_until_it_is_done(tmp_path: Path) -> None:
    with org(tmp_path, options={"bulk_above": 0}) as (at, vendor):
        vendor.bulk.patience = 2
        assert at.run(people(3)).status == "pending"
        at.run(people(3))
        assert contacts(vendor) == {}
        at.run(people(3))
        assert len(contacts(vendor)) == 3
        assert requests(at, JOBS) == 1
        query = "select status, sent, pending from activation.sync_runs where added > 0"
        assert rows(at.home, query) == [("settled", 3, 0)]


@pytest.mark.parametrize("place", [1, 2, 3])
@pytest.mark.parametrize("fault", ["500_after", "garbage"])
def test_a_lost_answer_at_any_step_of_a_job_loses_nobody(
    tmp_path: Path, place: int, fault: str
) -> None:
    with org(tmp_path, options={"bulk_above": 0}) as (at, vendor):
        at.vendor.order(next=[*[NOTHING_WRONG] * (place - 1), fault], only=JOBS, slow_seconds=0)
        for _ in range(3):
            at.run(people(1))
        assert len(contacts(vendor)) == 1
        assert rows(at.home, "select * from activation.sync_rejections") == []


@pytest.mark.parametrize("fault", ["garbage", "429"])
@pytest.mark.parametrize("place", [1, 2, 3, 4])
def test_a_list_that_cannot_be_read_is_asked_for_again(
    tmp_path: Path, place: int, fault: str
) -> None:
    with org(tmp_path, options={"bulk_above": 0}, limits=quick(attempts=1)) as (at, vendor):
        at.run(people(2))
        at.vendor.order(next=[*[NOTHING_WRONG] * (place - 1), fault], only=JOBS, slow_seconds=0)
        at.run(people(2))
        at.vendor.order()
        at.run(people(2))
        assert (len(contacts(vendor)), requests(at, JOBS)) == (2, 1)


def test_rows_of_a_cancelled_job_travel_again(tmp_path: Path) -> None:
    with org(tmp_path, options={"bulk_above": 0}) as (at, vendor):
        at.run(people(3))
        vendor.bulk.change(next(iter(vendor.bulk.jobs)), "Aborted")
        for _ in range(2):
            at.run(people(3))
        assert len(contacts(vendor)) == 3


def test_a_failed_job_says_why_of_each_row(tmp_path: Path) -> None:
    strange = {**SYNC["map"], "Nonsense__c": "city"}
    with org(tmp_path, options={"bulk_above": 0}, map=strange) as (at, _):
        at.run(people(2))
        at.run(people(2))
        query = "select code, message from activation.sync_rejections where is_open"
        assert rows(at.home, query) == [("InvalidBatch", "Field name not found : Nonsense__c")] * 2


def test_what_salesforce_says_of_a_row_of_a_job_names_no_person(tmp_path: Path) -> None:
    with org(tmp_path, options={"bulk_above": 0}) as (at, _):
        person = Person("c1", "ada@example.com", "Ada" * 20)
        at.run([person])
        at.run([person])
        [(code, words)] = rows(at.home, "select code, message from activation.sync_rejections")
        assert code == "STRING_TOO_LONG"
        assert words == "FirstName: data value too large: [value] (max length=40):FirstName"


@pytest.mark.parametrize("bulk_above", [0, 2000])
def test_a_row_that_somebody_else_is_writing_is_tried_again(
    tmp_path: Path, bulk_above: int
) -> None:
    with org(tmp_path, options={"bulk_above": bulk_above}) as (at, vendor):
        for _ in range(2):
            at.run(people(2))
        busy = contacts(vendor)["c00001"]["Id"]
        vendor.org["Contact"].locked.add(busy)
        changed = [renamed(person) for person in people(2)]
        for _ in range(2):
            at.run(changed)
        assert contacts(vendor)["c00001"]["FirstName"] == "Ada"
        assert contacts(vendor)["c00000"]["FirstName"] == changed[0].first_name
        assert rows(at.home, "select * from activation.sync_rejections") == []
        vendor.org["Contact"].locked.clear()
        for _ in range(2):
            at.run(changed)
        assert contacts(vendor)["c00001"]["FirstName"] == changed[1].first_name


def test_the_limit_of_the_day_ends_the_run_and_the_next_goes_on(tmp_path: Path) -> None:
    with org(tmp_path, limits=quick(batch=1, concurrency=1)) as (at, vendor):
        at.vendor.order(next=[NOTHING_WRONG, "429"], only=COLLECTION, slow_seconds=0)
        receipt = at.run(people(4))
        assert (receipt.sent, receipt.unsent, receipt.reason) == (1, 3, "answers 403")
        assert at.run(people(4)).sent == 3
        assert len(contacts(vendor)) == 4


@pytest.mark.parametrize("bulk_above", [0, 2000])
def test_a_dot_in_a_field_writes_a_lookup_by_the_other_records_id(
    tmp_path: Path, bulk_above: int
) -> None:
    fields = {**SYNC["map"], "Account.Kith_Company_Id__c": "city"}
    with org(tmp_path, options={"bulk_above": bulk_above}, map=fields) as (at, vendor):
        account = {"Name": "Berlin Ltd", "Kith_Company_Id__c": "Berlin"}
        [company] = vendor.edit("Account", [account])
        persons = [*people(1), Person("c1", "ada@example.com", city="Atlantis")]
        for _ in range(2):
            at.run(persons)
        assert contacts(vendor)["c00000"]["AccountId"] == company
        query = "select customer_id, code from activation.sync_rejections where is_open"
        assert rows(at.home, query) == [("c1", "INVALID_FIELD")]


def test_clearing_keeps_what_the_object_requires_and_brings_nobody_back(tmp_path: Path) -> None:
    fields = {
        **SYNC["map"],
        "HasOptedOutOfEmail": "is_wanted",
        "Account.Kith_Company_Id__c": "city",
    }
    del fields["HasOptedOutOfEmail"]
    with org(tmp_path, on_leave="clear", map=fields) as (at, vendor):
        [company] = vendor.edit("Account", [{"Name": "B", "Kith_Company_Id__c": "Berlin"}])
        persons = people(3)
        at.run(persons)
        vendor.remove("Contact", [contacts(vendor)["c00001"]["Id"]])
        assert contacts(vendor)["c00000"]["AccountId"] == company
        left = [replace(persons[0], is_member=False), replace(persons[1], is_granted=False)]
        receipt = at.run([*left, persons[2]])
        assert (receipt.removed, receipt.sent, receipt.rejected) == (2, 2, 0)
        held = contacts(vendor)
        assert sorted(held) == ["c00000", "c00002"]
        emptied = {"Email": None, "FirstName": None, "AccountId": None, "LastName": "c00000"}
        assert {name: held["c00000"][name] for name in emptied} == emptied


@pytest.mark.parametrize("leave", ["clear", "delete"])
def test_who_may_have_arrived_unnoticed_is_looked_for_before_taken_back(
    tmp_path: Path, leave: str
) -> None:
    limits = quick(attempts=1)
    with org(tmp_path, on_leave=leave, limits=limits) as (at, vendor):
        persons = [replace(p, customer_id=f"o'{p.customer_id}\\") for p in people(3)]
        at.vendor.order(next=["reset_after"], only=COLLECTION)
        assert at.run(persons).in_doubt == 3
        assert len(contacts(vendor)) == 3
        at.run([replace(person, is_granted=False) for person in persons])
        assert at.held() == {}


def test_many_leavers_are_taken_back_200_at_a_time(tmp_path: Path) -> None:
    with org(tmp_path, limits=quick()) as (at, vendor):
        at.run(people(450))
        receipt = at.run([replace(person, is_member=False) for person in people(450)])
        assert (receipt.sent, requests(at, COLLECTIONS)) == (450, 3)
        assert contacts(vendor) == {}


def test_the_file_of_a_job_says_what_is_empty_and_keeps_numbers_as_they_are() -> None:
    fields = """{"Key__c": "k1", "Name": "a \\"b\\",\\r\\nc", "Text__c": "", "None__c": null,
        "Number__c": 12345678901234567.89, "Whole__c": 20, "Yes__c": true,
        "Account": {"Id__c": null}}"""
    row = Row(0, "added", "c1", "k1", fields)
    names = ["Key__c", "Name", "Text__c", "None__c", "Number__c", "Whole__c", "Yes__c"]
    header, *lines = table([row], [*names, "Account.Id__c"], "Key__c").decode().split("\n", 1)
    assert header == ",".join([*names, "Account.Id__c"])
    assert lines == ['k1,"a ""b"",\nc",#N/A,#N/A,12345678901234567.89,20,true,#N/A\n']


def test_taking_back_empties_unticks_and_leaves_what_is_required() -> None:
    described = [
        {"name": "LastName", "type": "string", "nillable": False},
        {"name": "Is_Vip__c", "type": "boolean", "nillable": False},
        {"name": "Email", "type": "email", "nillable": True},
    ]
    names = ["Email", "is_vip__c", "LastName", "Account.Id__c", "Parent__r.Id__c"]
    expected = {"Email": None, "is_vip__c": False, "AccountId": None, "Parent__c": None}
    assert emptied(names, described) == expected
