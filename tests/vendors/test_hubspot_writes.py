"""HubSpot's writes: batches, refused rows, archiving and properties in the emulator."""

import json

import httpx
import pytest

from tests.vendors.hubspot_calls import CONTACTS, UPSERT, by_email, inputs, listed


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


def test_a_batch_read_tells_which_ids_it_did_not_find(hubspot: httpx.Client) -> None:
    url = f"{CONTACTS}/batch/read"
    asked = {"properties": ["tier"], "inputs": [{"id": "3"}, {"id": "232"}, {"id": "none"}]}
    reply = hubspot.post(url, json=asked)
    answer = reply.json()
    assert (reply.status_code, answer["numErrors"]) == (207, 1)
    assert [item["properties"]["tier"] for item in answer["results"]] == ["gold"]
    assert answer["errors"][0]["category"] == "OBJECT_NOT_FOUND"
    assert answer["errors"][0]["context"]["ids"] == ["232", "none"]
    by_address = {"idProperty": "email", "inputs": [{"id": "P3@example.com"}]}
    found = hubspot.post(url, json=by_address)
    assert (found.status_code, found.json()["results"][0]["id"]) == (200, "3")
    assert hubspot.post(url, json={"inputs": [{"id": "3"}] * 101}).status_code == 400
    by_city = {"idProperty": "city", "inputs": [{"id": "Bonn"}]}
    assert hubspot.post(url, json=by_city).status_code == 400


def test_a_batch_update_creates_nothing(hubspot: httpx.Client) -> None:
    url = f"{CONTACTS}/batch/update"
    rows = [{"id": key, "properties": {"city": "Ulm"}} for key in ("4", "888888888")]
    refused = hubspot.post(url, json={"inputs": rows})
    assert (refused.status_code, refused.json()["category"]) == (400, "OBJECT_NOT_FOUND")
    marked = [row | {"objectWriteTraceId": row["id"]} for row in rows]
    reply = hubspot.post(url, json={"inputs": marked})
    answer = reply.json()
    assert (reply.status_code, [r["id"] for r in answer["results"]]) == (207, ["4"])
    assert answer["errors"][0]["context"]["objectWriteTraceId"] == ["888888888"]
    assert answer["results"][0]["properties"]["city"] == "Ulm"


def test_an_address_from_a_merged_contact_finds_the_survivor(hubspot: httpx.Client) -> None:
    others = {"hs_additional_emails": "old@example.com;older@example.com"}
    edit = {"object": "contacts", "records": [{"id": "6", "properties": others}]}
    hubspot.post("/_sandbox/upsert", json=edit)
    result = hubspot.post(UPSERT, json=inputs("Older@example.com", city="Ulm")).json()["results"][0]
    assert (result["id"], result["new"]) == ("6", False)
    kept = by_email(hubspot, "p6@example.com")
    assert kept
    assert kept["id"] == "6"
    both = hubspot.post(UPSERT, json=inputs("p6@example.com", "old@example.com"))
    assert both.status_code == 400


def test_an_erased_contact_leaves_the_listing_and_a_later_one_enters_it(
    hubspot: httpx.Client,
) -> None:
    made = hubspot.post(UPSERT, json=inputs("before@example.com")).json()["results"][0]["id"]
    assert made in {item["id"] for item in listed(hubspot)}
    hubspot.post(f"{CONTACTS}/gdpr-delete", json={"objectId": made})
    assert made not in {item["id"] for item in listed(hubspot)}
    after = hubspot.post(UPSERT, json=inputs("after@example.com")).json()["results"][0]["id"]
    assert after in {item["id"] for item in listed(hubspot)}
