"""Query jobs of Bulk API 2.0 in the emulator: what a job goes through, and what it refuses."""

import csv
import io

import httpx
import pytest

from tests.vendors.salesforce_calls import DATA, error_code, person, query, upsert

JOBS = f"{DATA}/jobs/query"
ALL = "SELECT Id, LastName, HasOptedOutOfEmail, SystemModstamp FROM Contact"


def made(client: httpx.Client, soql: str) -> str:
    reply = client.post(JOBS, json={"operation": "queryAll", "query": soql}).json()
    assert (reply["state"], reply["object"], reply["jobType"]) == (
        "UploadComplete",
        "Contact",
        "V2Query",
    )
    return f"{JOBS}/{reply['id']}"


def test_a_job_is_read_page_by_page_as_csv(salesforce: httpx.Client) -> None:
    upsert(salesforce, person("q1"), person("q2"), person("q3"))
    place = made(salesforce, f"{ALL} WHERE LastName = 'Byron'")
    assert error_code(salesforce.get(f"{place}/results")) == (400, "INVALIDJOBSTATE")
    assert salesforce.get(place).json()["state"] == "JobComplete"
    locator, rows = "", list[dict[str, str]]()
    while locator != "null":
        question = {"maxRecords": "2"} | ({"locator": locator} if locator else {})
        page = salesforce.get(f"{place}/results", params=question)
        assert page.headers["Content-Type"].startswith("text/csv")
        listed = list(csv.DictReader(io.StringIO(page.text)))
        assert page.headers["Sforce-NumberOfRecords"] == str(len(listed))
        assert page.text == salesforce.get(f"{place}/results", params=question).text
        rows += listed
        locator = page.headers["Sforce-Locator"]
    records = query(salesforce, f"{ALL} WHERE LastName = 'Byron'", "queryAll").json()["records"]
    assert [row["Id"] for row in rows] == [record["Id"] for record in records]
    assert {row["HasOptedOutOfEmail"] for row in rows} <= {"false", "true"}
    assert all(row["SystemModstamp"].endswith("Z") for row in rows)
    unknown = salesforce.get(f"{place}/results", params={"locator": "never"})
    assert error_code(unknown) == (400, "INVALID_QUERY_LOCATOR")
    other = place.replace("v62.0", "v63.0")
    assert salesforce.get(f"{other}/results").status_code == 409


@pytest.mark.parametrize(
    ("soql", "code"),
    [
        ("SELECT Nonsense__c FROM Contact", "INVALID_FIELD"),
        ("SELECT Id FROM Unicorn", "INVALID_TYPE"),
        ("SELECT Id", "MALFORMED_QUERY"),
        ("SELECT COUNT() FROM Contact", "API_ERROR"),
    ],
)
def test_a_query_that_is_none_or_not_for_bulk_is_refused(
    salesforce: httpx.Client, soql: str, code: str
) -> None:
    reply = salesforce.post(JOBS, json={"operation": "query", "query": soql})
    assert error_code(reply) == (400, code)


def test_a_job_is_cancelled_before_its_end_and_forgotten_after_it(salesforce: httpx.Client) -> None:
    place = made(salesforce, ALL)
    assert error_code(salesforce.delete(place)) == (400, "INVALIDJOBSTATE")
    assert salesforce.patch(place, json={"state": "Aborted"}).json()["state"] == "Aborted"
    again = salesforce.patch(place, json={"state": "Aborted"})
    assert error_code(again) == (400, "INVALIDJOBSTATE")
    assert salesforce.delete(place).status_code == 204
    assert error_code(salesforce.get(place)) == (404, "NOT_FOUND")


def test_a_count_tells_a_number_and_no_records(salesforce: httpx.Client) -> None:
    upsert(salesforce, person("count-1", LastName="Counted"))
    counted = query(salesforce, "SELECT COUNT() FROM Contact WHERE LastName = 'Counted'").json()
    assert counted == {"totalSize": 1, "done": True, "records": []}
