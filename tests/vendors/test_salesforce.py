"""Salesforce's limits, refusals and habits, as the emulator must show them."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.vendors.limits import Limits
from sandbox.vendors.serve import Vendors
from tests.vendors.conftest import salesforce_client

DATA = "/services/data/v62.0"
UPSERT = f"{DATA}/composite/sobjects/Contact/Kith_Customer_Id__c"


def query(client: httpx.Client, soql: str, resource: str = "query") -> httpx.Response:
    return client.get(f"{DATA}/{resource}", params={"q": soql})


def person(key: str, **fields: object) -> dict[str, Any]:
    named = {"attributes": {"type": "Contact"}, "Kith_Customer_Id__c": key, "LastName": "Byron"}
    return named | fields


def upsert(client: httpx.Client, *records: dict[str, Any], **more: object) -> httpx.Response:
    return client.patch(UPSERT, json={"records": records, **more})


def held(client: httpx.Client, key: str, fields: str = "Id") -> list[dict[str, Any]]:
    soql = f"SELECT {fields} FROM Contact WHERE Kith_Customer_Id__c = '{key}'"
    records: list[dict[str, Any]] = query(client, soql).json()["records"]
    return records


def error_code(reply: httpx.Response) -> tuple[int, str]:
    return reply.status_code, reply.json()[0]["errorCode"]


def test_a_token_needs_the_right_secret(vendors: Vendors) -> None:
    environment = vendors.environment()
    form = {"grant_type": "client_credentials", "client_secret": "wrong"}
    form["client_id"] = environment["SALESFORCE_CLIENT_ID"]
    url = f"{environment['SALESFORCE_URL']}/services/oauth2/token"
    reply = httpx.post(url, data=form)
    assert (reply.status_code, reply.json()["error"]) == (400, "invalid_client")
    password = httpx.post(url, data=form | {"grant_type": "password"})
    assert password.json()["error"] == "unsupported_grant_type"
    form["client_secret"] = environment["SALESFORCE_CLIENT_SECRET"]
    granted = httpx.post(url, data=form).json()
    assert granted["instance_url"] == environment["SALESFORCE_URL"]
    assert granted["token_type"] == "Bearer"
    assert {"access_token", "issued_at"} <= granted.keys()


def test_a_request_without_a_session_is_refused(salesforce: httpx.Client) -> None:
    for header in ("", "Bearer wrong"):
        reply = salesforce.get(f"{DATA}/query", headers={"Authorization": header})
        assert error_code(reply) == (401, "INVALID_SESSION_ID")


def test_a_query_pages_by_two_thousand(salesforce: httpx.Client) -> None:
    soql = "SELECT Id, Email FROM Contact WHERE SystemModstamp < 2026-01-02T00:00:00Z ORDER BY Id"
    first = query(salesforce, soql).json()
    assert (first["totalSize"], first["done"], len(first["records"])) == (2003, False, 2000)
    last = salesforce.get(first["nextRecordsUrl"]).json()
    assert (last["totalSize"], last["done"], len(last["records"])) == (2003, True, 3)
    assert "nextRecordsUrl" not in last
    record = first["records"][0]
    assert record["attributes"]["type"] == "Contact"
    assert record["attributes"]["url"] == f"{DATA}/sobjects/Contact/{record['Id']}"
    assert list(record) == ["attributes", "Id", "Email"]


def test_only_query_all_sees_the_recycle_bin(salesforce: httpx.Client) -> None:
    soql = (
        "select Id, IsDeleted from Contact where SystemModstamp > 2026-01-01T00:33:22Z "
        "and SystemModstamp < 2026-01-02T00:00:00+00:00 order by SystemModstamp desc"
    )
    assert query(salesforce, soql).json()["totalSize"] == 1
    deleted = [item["IsDeleted"] for item in query(salesforce, soql, "queryAll").json()["records"]]
    assert deleted == [True, True, False]


def test_conditions_combine_for_paging_by_two_keys(salesforce: httpx.Client) -> None:
    moment, key = "2026-01-01T00:00:05.000Z", "003000000000005AAA"
    soql = (
        "SELECT Id FROM Contact WHERE (SystemModstamp > {0} OR (SystemModstamp = {0} AND "
        "Id > '{1}')) AND SystemModstamp <= 2026-01-01T00:00:09Z "
        "ORDER BY SystemModstamp ASC, Id LIMIT 3"
    )
    records = query(salesforce, soql.format(moment, key)).json()["records"]
    assert [record["Id"][3:15].lstrip("0") for record in records] == ["6", "7", "8"]


def test_text_compares_without_case_and_null_is_a_value(salesforce: httpx.Client) -> None:
    for condition in ("Email IN ('P7@Example.com', 'x')", "email = 'p7@EXAMPLE.com'"):
        soql = f"SELECT Id FROM Contact WHERE {condition} AND Phone = null AND IsDeleted = false"
        assert query(salesforce, soql).json()["totalSize"] == 1
    none = "SELECT Id FROM Contact WHERE Email = 'p7@example.com' AND Phone != null"
    assert query(salesforce, none).json()["totalSize"] == 0


@pytest.mark.parametrize(
    ("soql", "code"),
    [
        ("SELECT Id, FullName FROM Contact", "INVALID_FIELD"),
        ("SELECT Id FROM Contact WHERE Tier = 'gold'", "INVALID_FIELD"),
        ("SELECT Id FROM Contact WHERE SystemModstamp > '2026-01-01T00:00:00Z'", "INVALID_FIELD"),
        ("SELECT Id FROM Contact WHERE IsDeleted = 1", "INVALID_FIELD"),
        ("SELECT Id FROM Contact ORDER BY Tier", "INVALID_FIELD"),
        ("SELECT Id FROM Unicorn", "INVALID_TYPE"),
        ("", "MALFORMED_QUERY"),
        ("SELECT FROM Contact", "MALFORMED_QUERY"),
        ("SELECT Id Contact", "MALFORMED_QUERY"),
        ("SELECT * FROM Contact", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact WHERE", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact WHERE Email = 'open", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact WHERE (Email = 'a'", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact WHERE Email = 'a' AND Id = 'b' OR Id = 'c'", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact LIMIT many", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact LIMIT 1 2", "MALFORMED_QUERY"),
    ],
)
def test_bad_queries_are_refused(salesforce: httpx.Client, soql: str, code: str) -> None:
    assert error_code(query(salesforce, soql)) == (400, code)


def test_only_ten_unread_cursors_stay_open(salesforce: httpx.Client) -> None:
    soql = "SELECT Id FROM Contact"
    oldest = query(salesforce, soql).json()["nextRecordsUrl"]
    assert salesforce.get(oldest).status_code == 200
    for _ in range(10):
        query(salesforce, soql)
    assert error_code(salesforce.get(oldest)) == (400, "INVALID_QUERY_LOCATOR")
    never = f"{DATA}/query/01gNever-2000"
    assert error_code(salesforce.get(never)) == (400, "INVALID_QUERY_LOCATOR")


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


def test_the_daily_limit_is_a_403(world: Path) -> None:
    with Vendors(world, Limits(salesforce_day=2)) as vendors, salesforce_client(vendors) as client:
        replies = [query(client, "SELECT Id FROM Lead") for _ in range(3)]
    assert [reply.status_code for reply in replies] == [200, 200, 403]
    assert replies[0].headers["Sforce-Limit-Info"] == "api-usage=1/2"
    assert error_code(replies[2]) == (403, "REQUEST_LIMIT_EXCEEDED")
