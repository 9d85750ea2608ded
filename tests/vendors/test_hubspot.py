"""HubSpot's limits, refusals and habits, as the emulator must show them."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.vendors.limits import Limits
from sandbox.vendors.serve import Vendors
from tests.vendors.conftest import hubspot_client

CONTACTS = "/crm/v3/objects/contacts"
UPSERT = f"{CONTACTS}/batch/upsert"


def inputs(*emails: str, mark: bool = True, **properties: object) -> dict[str, Any]:
    rows = [{"id": e, "idProperty": "email", "properties": properties} for e in emails]
    return {"inputs": [r | ({"objectWriteTraceId": r["id"]} if mark else {}) for r in rows]}


def listed(client: httpx.Client, **query: object) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    link: str | None = str(httpx.URL(CONTACTS, params={"limit": "100", **query}))
    while link:
        page = client.get(link).json()
        found += page["results"]
        link = page.get("paging", {}).get("next", {}).get("link")
    return found


def by_email(client: httpx.Client, email: str) -> dict[str, Any] | None:
    filters = [{"propertyName": "email", "operator": "EQ", "value": email}]
    found = client.post(f"{CONTACTS}/search", json={"filterGroups": [{"filters": filters}]})
    results: list[dict[str, Any]] = found.json()["results"]
    return results[0] if results else None


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


def test_an_upsert_creates_then_updates_and_moves_the_date(hubspot: httpx.Client) -> None:
    created = hubspot.post(UPSERT, json=inputs("up@example.com", firstname="Ann", phone="1"))
    updated = hubspot.post(UPSERT, json=inputs("UP@example.com", firstname="Eve", phone=""))
    assert (created.status_code, updated.status_code) == (200, 200)
    before, after = created.json()["results"][0], updated.json()["results"][0]
    assert (before["new"], after["new"]) == (True, False)
    assert before["objectWriteTraceId"] == "up@example.com"
    assert before["id"] == after["id"]
    assert before["updatedAt"] < after["updatedAt"]
    assert (after["properties"]["firstname"], after["properties"]["phone"]) == ("Eve", None)


def test_over_a_hundred_inputs_are_refused_and_nothing_is_written(hubspot: httpx.Client) -> None:
    reply = hubspot.post(UPSERT, json=inputs(*(f"many{n}@example.com" for n in range(101))))
    assert reply.status_code == 400
    assert by_email(hubspot, "many1@example.com") is None


def test_bad_rows_fail_alone_and_carry_their_trace(hubspot: httpx.Client) -> None:
    body = inputs("fine@example.com", firstname="F")
    body["inputs"] += inputs("not an address", firstname="F")["inputs"]
    body["inputs"] += inputs("unknown@example.com", nonsense="1")["inputs"]
    body["inputs"] += inputs("stage@example.com", lifecyclestage="friend")["inputs"]
    body["inputs"] += inputs("system@example.com", hs_object_id="7")["inputs"]
    reply = hubspot.post(UPSERT, json=body)
    answer = reply.json()
    assert reply.status_code == 207
    assert [item["objectWriteTraceId"] for item in answer["results"]] == ["fine@example.com"]
    assert answer["numErrors"] == 4
    reasons = {
        error["context"]["objectWriteTraceId"][0]: json.loads(error["message"].split(": ", 1)[1])
        for error in answer["errors"]
    }
    assert {trace: reason[0]["error"] for trace, reason in reasons.items()} == {
        "not an address": "INVALID_EMAIL",
        "unknown@example.com": "PROPERTY_DOESNT_EXIST",
        "stage@example.com": "INVALID_OPTION",
        "system@example.com": "READ_ONLY_VALUE",
    }
    assert {error["category"] for error in answer["errors"]} == {"VALIDATION_ERROR"}
    assert by_email(hubspot, "unknown@example.com") is None


def test_without_traces_one_bad_row_refuses_the_batch(hubspot: httpx.Client) -> None:
    body = inputs("whole@example.com", "not an address", mark=False)
    reply = hubspot.post(UPSERT, json=body)
    assert (reply.status_code, reply.json()["category"]) == (400, "VALIDATION_ERROR")
    assert by_email(hubspot, "whole@example.com") is None


def test_duplicate_ids_in_a_batch_refuse_the_batch(hubspot: httpx.Client) -> None:
    reply = hubspot.post(UPSERT, json=inputs("twice@example.com", "Twice@Example.com"))
    assert reply.status_code == 400
    assert by_email(hubspot, "twice@example.com") is None


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"{}",
        b'{"inputs": [{"id": "a@b.co", "properties": {}}]}',
        b'{"inputs": [{"id": "1", "idProperty": "phone", "properties": {}}]}',
        b'{"inputs": [{"idProperty": "email", "properties": {}}]}',
        b'{"inputs": [{"id": "a@b.co", "idProperty": "email", "properties": {"phone": [1]}}]}',
    ],
)
def test_malformed_upserts_are_refused(hubspot: httpx.Client, body: bytes) -> None:
    reply = hubspot.post(UPSERT, content=body)
    assert (reply.status_code, reply.json()["category"]) == (400, "VALIDATION_ERROR")


def test_a_taken_address_is_a_conflict(hubspot: httpx.Client) -> None:
    hubspot.post(UPSERT, json=inputs("taken@example.com", "mover@example.com"))
    reply = hubspot.post(UPSERT, json=inputs("mover@example.com", email="taken@example.com"))
    assert (reply.status_code, reply.json()["errors"][0]["category"]) == (207, "CONFLICT")


def test_archiving_hides_a_contact_and_leaves_its_date(hubspot: httpx.Client) -> None:
    made = hubspot.post(UPSERT, json=inputs("bin@example.com", "bin2@example.com")).json()
    one, two = (item["id"] for item in made["results"])
    assert hubspot.delete(f"{CONTACTS}/{one}").status_code == 204
    batch = {"inputs": [{"id": two}, {"id": "999999999"}]}
    assert hubspot.post(f"{CONTACTS}/batch/archive", json=batch).status_code == 204
    assert hubspot.delete(f"{CONTACTS}/999999999").status_code == 404
    archived = {item["id"]: item for item in listed(hubspot, archived="true")}
    for contact in made["results"]:
        assert archived[contact["id"]]["updatedAt"] == contact["updatedAt"]
        assert archived[contact["id"]]["archivedAt"] > contact["updatedAt"]
    assert by_email(hubspot, "bin@example.com") is None
    again = hubspot.post(UPSERT, json=inputs("bin@example.com")).json()["results"][0]
    assert (again["new"], again["id"] == one) == (True, False)
    too_many = {"inputs": [{"id": "1"}] * 101}
    assert hubspot.post(f"{CONTACTS}/batch/archive", json=too_many).status_code == 400


def test_permanent_deletion_leaves_no_trace(hubspot: httpx.Client) -> None:
    hubspot.post(UPSERT, json=inputs("erase@example.com"))
    for email in ("erase@example.com", "never@example.com"):
        body = {"objectId": email, "idProperty": "email"}
        assert hubspot.post(f"{CONTACTS}/gdpr-delete", json=body).status_code == 204
    everyone = listed(hubspot) + listed(hubspot, archived="true")
    assert "erase@example.com" not in {item["properties"]["email"] for item in everyone}
    assert hubspot.post(UPSERT, json=inputs("erase@example.com")).status_code == 200
    assert hubspot.post(UPSERT, json=inputs("never@example.com")).status_code == 207


def test_a_property_exists_once_it_is_created(hubspot: httpx.Client) -> None:
    url = "/crm/v3/properties/contacts"
    new = {"name": "kith_score", "label": "Score", "type": "number", "fieldType": "number"}
    assert hubspot.post(url, json=new).status_code == 400
    new["groupName"] = "contactinformation"
    assert hubspot.post(url, json=new).status_code == 201
    assert hubspot.post(url, json=new).status_code == 409
    assert "kith_score" in {item["name"] for item in hubspot.get(url).json()["results"]}
    assert hubspot.post(UPSERT, json=inputs("s@example.com", kith_score="7")).status_code == 200
    assert hubspot.post(UPSERT, json=inputs("s@example.com", kith_score="x")).status_code == 207


def test_a_unique_property_of_ones_own_can_be_the_key(hubspot: httpx.Client) -> None:
    new = {"name": "kith_id", "label": "Id", "type": "string", "fieldType": "text"}
    new |= {"groupName": "contactinformation"}
    hubspot.post("/crm/v3/properties/contacts", json=new | {"hasUniqueValue": True})
    row = {"id": "k1", "idProperty": "kith_id", "properties": {"email": "k1@example.com"}}
    for is_new in (True, False):
        assert hubspot.post(UPSERT, json={"inputs": [row]}).json()["results"][0]["new"] is is_new


def test_an_edit_in_the_portal_moves_the_date(hubspot: httpx.Client) -> None:
    before = by_email(hubspot, "p5@example.com")
    edit = {"object": "contacts", "records": [{"id": "5", "properties": {"city": "Bonn"}}]}
    assert hubspot.post("/_sandbox/upsert", json=edit).json() == {"ids": ["5"]}
    after = by_email(hubspot, "p5@example.com")
    assert before
    assert after
    assert before["updatedAt"] < after["updatedAt"]
    unknown = {"object": "contacts", "records": [{"id": "no such id"}]}
    assert hubspot.post("/_sandbox/upsert", json=unknown).status_code == 400


def test_unknown_paths_and_objects_are_not_found(hubspot: httpx.Client) -> None:
    for path in ("/crm/v3/objects/unicorns", "/crm/v9"):
        assert hubspot.get(path).json()["category"] == "OBJECT_NOT_FOUND"


def test_a_burst_and_fast_searches_are_limited_apart(world: Path) -> None:
    limits = Limits(hubspot_ten_seconds=3, hubspot_search_second=2)
    with Vendors(world, limits) as vendors, hubspot_client(vendors) as client:
        replies = [client.get(CONTACTS) for _ in range(4)]
        searches = [client.post(f"{CONTACTS}/search", json={}) for _ in range(3)]
    assert [reply.status_code for reply in replies] == [200, 200, 200, 429]
    assert replies[1].headers["X-HubSpot-RateLimit-Remaining"] == "1"
    body = replies[3].json()
    assert body["message"] == "You have reached your ten_secondly_rolling limit."
    assert (body["errorType"], body["policyName"]) == ("RATE_LIMIT", "TEN_SECONDLY_ROLLING")
    assert [reply.status_code for reply in searches] == [200, 200, 429]
    assert searches[2].json()["policyName"] == "SECONDLY"
