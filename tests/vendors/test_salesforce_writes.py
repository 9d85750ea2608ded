"""Salesforce's collections: refused rows, limits, deletion and fields in the emulator."""

import httpx
import pytest

from tests.vendors.salesforce_calls import (
    DATA,
    UPSERT,
    error_code,
    held,
    person,
    query,
    upsert,
)


def test_results_of_an_upsert_come_in_order_and_row_by_row(salesforce: httpx.Client) -> None:
    upsert(salesforce, person("order-1"))
    reply = upsert(
        salesforce,
        person("order-2", Email="o2@example.com"),
        person("order-3", Email="not an address"),
        person("order-1", FirstName="Ada", LastName=None),
        person("order-1b", LastName=None),
        person("order-4", Nonsense__c="x"),
        person("order-5", HasOptedOutOfEmail="yes"),
        person("order-6", FirstName="x" * 41),
        person("order-7", SystemModstamp="2026-01-01T00:00:00Z"),
        person("", FirstName="nobody"),
        person("order-1", Phone="1") | {"Kith_Customer_Id__c": "order-8"},
    )
    results = reply.json()
    assert reply.status_code == 200
    codes = [result["errors"][0]["statusCode"] if result["errors"] else "" for result in results]
    assert codes == [
        "",
        "INVALID_EMAIL_ADDRESS",
        "REQUIRED_FIELD_MISSING",
        "REQUIRED_FIELD_MISSING",
        "INVALID_FIELD",
        "INVALID_TYPE_ON_FIELD_IN_RECORD",
        "STRING_TOO_LONG",
        "INVALID_FIELD_FOR_INSERT_UPDATE",
        "MISSING_ARGUMENT",
        "",
    ]
    assert [result["success"] for result in results] == [not code for code in codes]
    assert results[1]["errors"][0]["fields"] == ["Email"]
    assert results[0]["created"] is True
    assert held(salesforce, "order-2", "Email")[0]["Email"] == "o2@example.com"
    assert held(salesforce, "order-3") == []


def test_an_upsert_updates_what_it_finds_and_moves_the_stamp(salesforce: httpx.Client) -> None:
    fields = "Id, Name, SystemModstamp, CreatedDate"
    first = upsert(salesforce, person("again", FirstName="Ada")).json()[0]
    before = held(salesforce, "again", fields)[0]
    second = upsert(salesforce, person("AGAIN", FirstName="Eve")).json()[0]
    after = held(salesforce, "again", fields)[0]
    assert (first["created"], second["created"]) == (True, False)
    assert (before["Name"], after["Name"]) == ("Ada Byron", "Eve Byron")
    assert before["SystemModstamp"] < after["SystemModstamp"]
    assert before["CreatedDate"] == after["CreatedDate"]


def test_all_or_none_rolls_the_good_rows_back(salesforce: httpx.Client) -> None:
    rows = (person("all-1"), person("all-2", Email="bad"))
    results = upsert(salesforce, *rows, allOrNone=True).json()
    codes = [result["errors"][0]["statusCode"] for result in results]
    assert codes == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "INVALID_EMAIL_ADDRESS"]
    assert held(salesforce, "all-1") == []


def test_an_id_given_twice_fails_both_rows(salesforce: httpx.Client) -> None:
    results = upsert(salesforce, person("same"), person("Same"), person("other")).json()
    assert [result["success"] for result in results] == [False, False, True]
    assert results[0]["errors"][0]["statusCode"] == "DUPLICATE_VALUE"
    assert held(salesforce, "same") == []


def test_over_two_hundred_records_are_refused_as_a_whole(salesforce: httpx.Client) -> None:
    reply = upsert(salesforce, *(person(f"many-{n}") for n in range(201)))
    assert error_code(reply) == (400, "EXCEEDED_ID_LIMIT")
    assert held(salesforce, "many-1") == []


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        (UPSERT, b"{", (400, "JSON_PARSER_ERROR")),
        (UPSERT, b"{}", (400, "MISSING_ARGUMENT")),
        (UPSERT, b'{"records": [{"LastName": "x"}]}', (400, "INVALID_INPUT")),
        (UPSERT, b'{"records": [{"attributes": {"type": "Lead"}}]}', (400, "INVALID_INPUT")),
        (UPSERT.replace("Kith_Customer_Id__c", "Phone"), b"{}", (404, "NOT_FOUND")),
        (UPSERT.replace("Contact", "Unicorn"), b"{}", (404, "NOT_FOUND")),
        (UPSERT.replace("v62.0", "latest"), b"{}", (404, "NOT_FOUND")),
    ],
)
def test_malformed_upserts_are_refused(
    salesforce: httpx.Client, path: str, body: bytes, expected: tuple[int, str]
) -> None:
    assert error_code(salesforce.patch(path, content=body)) == expected


def test_an_address_held_by_two_people_finds_neither(salesforce: httpx.Client) -> None:
    shared = "shared@example.com"
    upsert(salesforce, person("two-1", Email=shared), person("two-2", Email=shared))
    row = {"attributes": {"type": "Contact"}, "Email": shared, "LastName": "x"}
    path = UPSERT.replace("Kith_Customer_Id__c", "Email")
    result = salesforce.patch(path, json={"records": [row]}).json()[0]
    assert result["errors"][0]["statusCode"] == "DUPLICATE_EXTERNAL_ID"


def test_deleting_moves_the_stamp_and_works_once(salesforce: httpx.Client) -> None:
    key = upsert(salesforce, person("gone")).json()[0]["id"]
    ids = f"{key},003000000000000ZZZ,short"
    for expected in ("", "ENTITY_IS_DELETED"):
        reply = salesforce.delete(f"{DATA}/composite/sobjects", params={"ids": ids})
        codes = [r["errors"][0]["statusCode"] if r["errors"] else "" for r in reply.json()]
        assert codes == [expected, "INVALID_CROSS_REFERENCE_KEY", "MALFORMED_ID"]
    soql = f"SELECT IsDeleted, CreatedDate, SystemModstamp FROM Contact WHERE Id = '{key}'"
    record = query(salesforce, soql, "queryAll").json()["records"][0]
    assert record["IsDeleted"] is True
    assert record["SystemModstamp"] > record["CreatedDate"]
    assert query(salesforce, soql).json()["records"] == []


def test_deletions_are_limited_and_can_be_all_or_none(salesforce: httpx.Client) -> None:
    key = upsert(salesforce, person("kept")).json()[0]["id"]
    path = f"{DATA}/composite/sobjects"
    many = ",".join([key] * 201)
    assert error_code(salesforce.delete(path, params={"ids": many}))[1] == "EXCEEDED_ID_LIMIT"
    assert error_code(salesforce.delete(path))[1] == "MISSING_ARGUMENT"
    salesforce.delete(path, params={"ids": f"{key},short", "allOrNone": "true"})
    assert len(held(salesforce, "kept")) == 1


def test_describe_lists_fields_and_an_admin_can_add_one(salesforce: httpx.Client) -> None:
    custom = {"object": "Contact", "name": "Score__c", "type": "double"}
    assert salesforce.post("/_sandbox/fields", json=custom).status_code == 204
    fields = salesforce.get(f"{DATA}/sobjects/Contact/describe").json()["fields"]
    by_name = {field["name"]: field for field in fields}
    assert by_name["Score__c"]["custom"] is True
    assert by_name["Kith_Customer_Id__c"]["externalId"] is True
    assert by_name["SystemModstamp"]["updateable"] is False
    assert upsert(salesforce, person("scored", Score__c=7)).json()[0]["success"] is True


def test_an_edit_in_the_org_moves_the_stamp(salesforce: httpx.Client) -> None:
    key = "003000000000009AAA"
    edit = {"object": "Contact", "records": [{"Id": key, "Phone": "1"}, {"LastName": "New"}]}
    ids = salesforce.post("/_sandbox/upsert", json=edit).json()["ids"]
    salesforce.post("/_sandbox/delete", json={"object": "Contact", "ids": ids[1:]})
    soql = "SELECT Id, IsDeleted FROM Contact WHERE SystemModstamp > 2026-01-02T00:00:00Z"
    found = query(salesforce, soql, "queryAll").json()["records"]
    deleted = {record["Id"]: record["IsDeleted"] for record in found}
    assert (deleted[key], deleted[ids[1]]) == (False, True)
