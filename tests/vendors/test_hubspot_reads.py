"""HubSpot's listings and searches: pages, limits and refusals."""

from pathlib import Path

import httpx
import pytest

from sandbox.vendors.limits import Limits
from sandbox.vendors.serve import Vendors
from tests.vendors.conftest import with_token
from tests.vendors.hubspot_calls import CONTACTS, listed


def test_a_request_without_the_token_is_unauthenticated(hubspot: httpx.Client) -> None:
    for header in ("", "Bearer wrong"):
        reply = hubspot.get(CONTACTS, headers={"Authorization": header})
        body = reply.json()
        assert reply.status_code == 401
        assert (body["status"], body["category"]) == ("error", "INVALID_AUTHENTICATION")
        assert body["message"]
        assert body["correlationId"]


def test_a_listing_pages_by_a_hundred_in_id_order(hubspot: httpx.Client) -> None:
    first = hubspot.get(CONTACTS, params={"limit": 100}).json()
    assert len(first["results"]) == 100
    assert first["paging"]["next"]["after"] == "100"
    ids = [int(item["id"]) for item in listed(hubspot)]
    assert ids[:230] == list(range(1, 231))
    assert ids == sorted(set(ids))


@pytest.mark.parametrize("limit", ["101", "0", "x"])
def test_a_listing_refuses_pages_over_a_hundred(hubspot: httpx.Client, limit: str) -> None:
    reply = hubspot.get(CONTACTS, params={"limit": limit})
    assert reply.status_code == 400
    assert reply.json()["category"] == "VALIDATION_ERROR"


def test_only_asked_for_properties_are_returned(hubspot: httpx.Client) -> None:
    plain = hubspot.get(CONTACTS, params={"limit": 1}).json()["results"][0]
    assert set(plain["properties"]) == {
        *("createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"),
    }
    asked = hubspot.get(CONTACTS, params={"limit": 1, "properties": "tier,phone,nonsense"}).json()
    properties = asked["results"][0]["properties"]
    assert set(properties) == {"createdate", "hs_object_id", "lastmodifieddate", "phone", "tier"}
    assert (properties["tier"], properties["phone"]) == ("gold", None)
    assert "associations" not in plain


def test_associations_are_returned_when_asked_for(hubspot: httpx.Client) -> None:
    page = hubspot.get(CONTACTS, params={"limit": 1, "associations": "companies"}).json()
    assert page["results"][0]["associations"]["companies"]["results"][0]["id"] == "1"


def test_associations_are_read_in_batches_and_only_of_records_that_have_some(
    hubspot: httpx.Client,
) -> None:
    path = "/crm/v3/associations/contacts/companies/batch/read"
    shown = {item["id"]: item for item in listed(hubspot, associations="companies")}
    body = {"inputs": [{"id": key} for key in shown]}
    read = hubspot.post(path, json=body).json()["results"]
    expected = {key: item["associations"] for key, item in shown.items() if "associations" in item}
    assert expected
    assert {item["from"]["id"]: {"companies": {"results": item["to"]}} for item in read} == expected
    too_many = {"inputs": [{"id": str(number)} for number in range(1_001)]}
    assert hubspot.post(path, json=too_many).status_code == 400
    unknown = path.replace("companies", "spaceships")
    assert hubspot.post(unknown, json=body).status_code == 404


def test_archived_contacts_are_listed_apart(hubspot: httpx.Client) -> None:
    archived = {item["id"]: item for item in listed(hubspot, archived="true")}
    assert {"231", "232", "233"} <= set(archived)
    assert archived["231"]["archived"] is True
    assert archived["231"]["archivedAt"]
    assert not archived.keys() & {item["id"] for item in listed(hubspot)}


def test_search_filters_sorts_and_counts(hubspot: httpx.Client) -> None:
    since = {"propertyName": "lastmodifieddate", "operator": "GTE", "value": "1768262400000"}
    until = {"propertyName": "lastmodifieddate", "operator": "LT", "value": "2026-01-15T00:00:00Z"}
    body = {
        "filterGroups": [{"filters": [since, until]}],
        "sorts": [{"propertyName": "hs_object_id", "direction": "DESCENDING"}],
        "properties": ["tier"],
        "limit": 15,
    }
    page = hubspot.post(f"{CONTACTS}/search", json=body).json()
    assert page["total"] == 20
    assert [int(item["id"]) for item in page["results"]] == list(range(139, 124, -1))
    assert page["results"][0]["properties"]["tier"] == "gold"
    rest = hubspot.post(f"{CONTACTS}/search", json=body | page["paging"]["next"]).json()
    assert [int(item["id"]) for item in rest["results"]] == list(range(124, 119, -1))
    assert "paging" not in rest


@pytest.mark.parametrize(
    "body",
    [
        {"limit": 201},
        {"limit": 200, "after": "9801"},
        {"sorts": ["nonsense"]},
        {"sorts": ["email", "firstname"]},
        {"filterGroups": [{"filters": [{"propertyName": "email", "operator": "SIMILAR"}]}]},
        {"filterGroups": [{"filters": []}] * 6},
    ],
)
def test_search_refuses_what_hubspot_refuses(hubspot: httpx.Client, body: object) -> None:
    assert hubspot.post(f"{CONTACTS}/search", json=body).status_code == 400


def test_more_than_ten_thousand_equal_dates_need_a_second_key(hubspot: httpx.Client) -> None:
    records = [{"properties": {"email": f"bulk{n}@example.com"}} for n in range(10_050)]
    edit = {"object": "contacts", "records": records}
    ids = hubspot.post("/_sandbox/upsert", json=edit, timeout=30).json()["ids"]
    moment = hubspot.get("/_sandbox/state", timeout=30).json()["contacts"][ids[0]]["updatedAt"]
    same = {"propertyName": "lastmodifieddate", "operator": "EQ", "value": moment}
    body = {"filterGroups": [{"filters": [same]}], "limit": 200}
    last = hubspot.post(f"{CONTACTS}/search", json=body | {"after": "9800"}).json()
    assert last["total"] == 10_050
    beyond = body | {"after": last["paging"]["next"]["after"]}
    assert hubspot.post(f"{CONTACTS}/search", json=beyond).status_code == 400
    above = {"propertyName": "hs_object_id", "operator": "GT", "value": ids[9_999]}
    rest = body | {"filterGroups": [{"filters": [same, above]}]}
    assert hubspot.post(f"{CONTACTS}/search", json=rest).json()["total"] == 50
    hubspot.post("/_sandbox/delete", json={"object": "contacts", "ids": ids}, timeout=30)


def test_unknown_paths_and_objects_are_not_found(hubspot: httpx.Client) -> None:
    for path in ("/crm/v3/objects/unicorns", "/crm/v9"):
        assert hubspot.get(path).json()["category"] == "OBJECT_NOT_FOUND"


def test_a_burst_and_fast_searches_are_limited_apart(world: Path) -> None:
    limits = Limits(hubspot_ten_seconds=3, hubspot_search_second=2)
    with Vendors(world, limits) as vendors:
        client = with_token(httpx.Client(base_url=vendors.environment()["HUBSPOT_URL"]), vendors)
        replies = [client.get(CONTACTS) for _ in range(4)]
        searches = [client.post(f"{CONTACTS}/search", json={}) for _ in range(3)]
    assert [reply.status_code for reply in replies] == [200, 200, 200, 429]
    assert replies[1].headers["X-HubSpot-RateLimit-Remaining"] == "1"
    body = replies[3].json()
    assert body["message"] == "You have reached your ten_secondly_rolling limit."
    assert (body["errorType"], body["policyName"]) == ("RATE_LIMIT", "TEN_SECONDLY_ROLLING")
    assert [reply.status_code for reply in searches] == [200, 200, 429]
    assert searches[2].json()["policyName"] == "SECONDLY"
