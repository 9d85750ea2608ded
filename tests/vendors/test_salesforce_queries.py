"""Salesforce's sessions and queries: pages, limits and refusals."""

from pathlib import Path

import httpx
import pytest

from sandbox.vendors.limits import Limits
from sandbox.vendors.serve import Vendors
from tests.vendors.conftest import with_session
from tests.vendors.salesforce_calls import DATA, error_code, query


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
    assert {"access_token", "issued_at", "token_type"} <= granted.keys()


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


def test_the_daily_limit_is_a_403(world: Path) -> None:
    with Vendors(world, Limits(salesforce_day=2)) as vendors:
        url = vendors.environment()["SALESFORCE_URL"]
        client = with_session(httpx.Client(base_url=url), vendors)
        replies = [query(client, "SELECT Id FROM Lead") for _ in range(3)]
    assert [reply.status_code for reply in replies] == [200, 200, 403]
    assert replies[0].headers["Sforce-Limit-Info"] == "api-usage=1/2"
    assert error_code(replies[2]) == (403, "REQUEST_LIMIT_EXCEEDED")
