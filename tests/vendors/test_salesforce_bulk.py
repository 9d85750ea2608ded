"""Bulk API 2.0 and updates by id in the emulator: what a job goes through, and what it refuses."""

import csv
import io
from typing import Any

import httpx
import pytest

from sandbox.vendors.replies import Refusal
from sandbox.vendors.salesforce.bulk import Jobs
from sandbox.vendors.salesforce.objects import Objects
from sandbox.vendors.salesforce.schema import object_types
from sandbox.vendors.state import Clock
from tests.vendors.salesforce_calls import DATA, error_code, held, person, upsert

JOBS = f"{DATA}/jobs/ingest"
WANTED = {
    "object": "Contact",
    "externalIdFieldName": "Kith_Customer_Id__c",
    "operation": "upsert",
    "contentType": "CSV",
    "lineEnding": "LF",
}


def opened(client: httpx.Client) -> str:
    made = client.post(JOBS, json=WANTED).json()
    assert made["state"] == "Open"
    return f"{JOBS}/{made['id']}"


def worked_off(client: httpx.Client, text: str) -> tuple[str, dict[str, Any]]:
    """A job with this file: where it is, and how it ended."""
    place = opened(client)
    assert client.put(f"{place}/batches", content=text.encode()).status_code == 201
    assert client.patch(place, json={"state": "UploadComplete"}).json()["state"] == "UploadComplete"
    ended: dict[str, Any] = client.get(place).json()
    return place, ended


def listed(client: httpx.Client, place: str, name: str) -> list[dict[str, str]]:
    reply = client.get(f"{place}/{name}")
    assert reply.headers["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(reply.text)))


def test_a_job_tells_of_each_row_in_one_of_its_lists(salesforce: httpx.Client) -> None:
    upsert(salesforce, person("b0", FirstName="Ada", Phone="1"))
    text = (
        "Kith_Customer_Id__c,LastName,FirstName,Phone,HasOptedOutOfEmail\n"
        'b0,Byron,"A ""B"", C",,true\n'
        "b1,Byron,,#N/A,\n"
        "b2,#N/A,,,\n"
        "b3,Byron,,,perhaps\n"
    )
    place, ended = worked_off(salesforce, text)
    assert (ended["state"], ended["numberRecordsProcessed"], ended["numberRecordsFailed"]) == (
        "JobComplete",
        4,
        2,
    )
    made = {r["Kith_Customer_Id__c"]: r for r in listed(salesforce, place, "successfulResults")}
    assert {key: r["sf__Created"] for key, r in made.items()} == {"b0": "false", "b1": "true"}
    failed = listed(salesforce, place, "failedResults")
    codes = {r["Kith_Customer_Id__c"]: r["sf__Error"].split(":")[0] for r in failed}
    assert codes == {"b2": "REQUIRED_FIELD_MISSING", "b3": "INVALID_TYPE_ON_FIELD_IN_RECORD"}
    assert listed(salesforce, place, "unprocessedrecords") == []
    [known] = held(salesforce, "b0", "Id, FirstName, Phone, HasOptedOutOfEmail")
    assert known["Id"] == made["b0"]["sf__Id"]
    assert (known["FirstName"], known["Phone"], known["HasOptedOutOfEmail"]) == (
        'A "B", C',
        "1",
        True,
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Kith_Customer_Id__c,Nonsense__c\nf1,x\n", "Field name not found : Nonsense__c"),
        ("Kith_Customer_Id__c,LastName\r\nf1,x\r\n", "LineEnding is invalid"),
    ],
)
def test_a_file_that_does_not_fit_fails_the_job(
    salesforce: httpx.Client, text: str, words: str
) -> None:
    place, ended = worked_off(salesforce, text)
    assert ended["state"] == "Failed"
    assert words in ended["errorMessage"]
    assert len(listed(salesforce, place, "unprocessedrecords")) == 1
    assert held(salesforce, "f1") == []


def test_a_job_takes_one_file_and_is_closed_once(salesforce: httpx.Client) -> None:
    place = opened(salesforce)
    file = b"Kith_Customer_Id__c,LastName\nc1,Byron\n"
    assert salesforce.put(f"{place}/batches", content=file).status_code == 201
    again = salesforce.put(f"{place}/batches", content=file)
    assert error_code(again) == (400, "INVALIDBATCH")
    assert error_code(salesforce.get(f"{place}/failedResults")) == (400, "INVALIDJOBSTATE")
    assert salesforce.patch(place, json={"state": "UploadComplete"}).is_success
    closed = salesforce.patch(place, json={"state": "UploadComplete"})
    assert error_code(closed) == (400, "INVALIDJOBSTATE")
    late = salesforce.put(f"{place}/batches", content=file)
    assert error_code(late) == (400, "INVALIDJOBSTATE")


def test_a_cancelled_job_does_nothing_and_lists_its_rows(salesforce: httpx.Client) -> None:
    place = opened(salesforce)
    text = b"Kith_Customer_Id__c,LastName\na1,Byron\n"
    salesforce.put(f"{place}/batches", content=text)
    assert salesforce.patch(place, json={"state": "Aborted"}).json()["state"] == "Aborted"
    assert salesforce.get(place).json()["state"] == "Aborted"
    assert len(listed(salesforce, place, "unprocessedrecords")) == 1
    assert held(salesforce, "a1") == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"object": "Unicorn"}, "INVALIDENTITY"),
        ({"externalIdFieldName": "Phone"}, "INVALIDJOB"),
        ({"operation": "hardDelete"}, "INVALIDJOB"),
    ],
)
def test_jobs_that_make_no_sense_are_refused(
    salesforce: httpx.Client, change: dict[str, str], code: str
) -> None:
    assert error_code(salesforce.post(JOBS, json=WANTED | change)) == (400, code)
    assert error_code(salesforce.get(f"{JOBS}/750none")) == (404, "NOT_FOUND")


def test_a_file_over_the_limit_is_refused_and_patience_shows_the_work_under_way() -> None:
    clock = Clock()
    jobs = Jobs({name: Objects(kind, clock) for name, kind in object_types().items()})
    jobs.largest, jobs.patience = 60, 2
    key = jobs.create(WANTED)["id"]
    text = b"Kith_Customer_Id__c,LastName\np1,Byron\n"
    with pytest.raises(Refusal) as refusal:
        jobs.upload(key, text * 2)
    assert refusal.value.status == 413
    jobs.upload(key, text)
    jobs.change(key, "UploadComplete")
    states = [jobs.info(key)["state"] for _ in range(3)]
    assert states == ["InProgress", "InProgress", "JobComplete"]


def test_records_are_updated_by_id_row_by_row(salesforce: httpx.Client) -> None:
    made = upsert(salesforce, person("u1", FirstName="Ada"), person("u2"), person("u3")).json()
    ids = [result["id"] for result in made]
    salesforce.delete(f"{DATA}/composite/sobjects", params={"ids": ids[2]})
    kind = {"attributes": {"type": "Contact"}}
    records = [
        {**kind, "id": ids[0], "FirstName": None},
        {**kind, "id": ids[1], "LastName": None},
        {**kind, "id": ids[2], "FirstName": "Eve"},
        {**kind, "id": "003000000000000ZZZ"},
    ]
    results = salesforce.patch(f"{DATA}/composite/sobjects", json={"records": records}).json()
    codes = [r["errors"][0]["statusCode"] if r["errors"] else "" for r in results]
    assert codes == [
        "",
        "REQUIRED_FIELD_MISSING",
        "ENTITY_IS_DELETED",
        "INVALID_CROSS_REFERENCE_KEY",
    ]
    assert held(salesforce, "u1", "FirstName")[0]["FirstName"] is None
    many = {"records": [{**kind, "id": ids[0]}] * 201}
    refused = salesforce.patch(f"{DATA}/composite/sobjects", json=many)
    assert error_code(refused) == (400, "EXCEEDED_ID_LIMIT")


def test_a_lookup_by_external_id_finds_the_record_or_refuses_the_row(
    salesforce: httpx.Client,
) -> None:
    account = {"Name": "Kith", "Kith_Company_Id__c": "k-1"}
    edit = {"object": "Account", "records": [account]}
    [company] = salesforce.post("/_sandbox/upsert", json=edit).json()["ids"]
    results = upsert(
        salesforce,
        person("l1", Account={"Kith_Company_Id__c": "k-1"}),
        person("l2", Account={"Kith_Company_Id__c": "k-2"}),
        person("l3", Nonsense__r={"Id__c": "x"}),
    ).json()
    assert [result["success"] for result in results] == [True, False, False]
    assert held(salesforce, "l1", "AccountId")[0]["AccountId"] == company
