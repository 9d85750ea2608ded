"""HubSpot's lists, and records that are created in batches, as the emulator has them."""

from typing import Any

import httpx

from tests.vendors.hubspot_calls import CONTACTS

LISTS = "/crm/v3/lists"


def made(hubspot: httpx.Client, processing: str, kind: str = "0-1") -> str:
    asked = {"name": f"{processing} list", "objectTypeId": kind, "processingType": processing}
    created = hubspot.post(LISTS, json=asked)
    key: str = created.json()["list"]["listId"]
    return key


def changed(hubspot: httpx.Client, key: str, **change: list[str]) -> httpx.Response:
    return hubspot.put(f"{LISTS}/{key}/memberships/add-and-remove", json=change)


def test_a_static_list_tells_who_joined_who_left_and_who_does_not_exist(
    hubspot: httpx.Client,
) -> None:
    for processing in ("MANUAL", "SNAPSHOT"):
        key = made(hubspot, processing)
        joined = changed(hubspot, key, recordIdsToAdd=["10", "11", "none"]).json()
        assert joined == {"recordsIdsAdded": ["10", "11"], "recordIdsMissing": ["none"]}
        # What is so already is not told again.
        assert changed(hubspot, key, recordIdsToAdd=["10"]).json() == {}
        left = changed(hubspot, key, recordIdsToRemove=["11", "12"]).json()
        assert left == {"recordIdsRemoved": ["11"]}
        lists = hubspot.get(f"{LISTS}/records/0-1/10/memberships").json()["results"]
        assert key in [entry["listId"] for entry in lists]


def test_a_dynamic_list_takes_nobody_and_an_unknown_one_is_not_there(hubspot: httpx.Client) -> None:
    key = made(hubspot, "DYNAMIC")
    refused = changed(hubspot, key, recordIdsToAdd=["10"])
    assert (refused.status_code, refused.json()["category"]) == (400, "VALIDATION_ERROR")
    unknown = changed(hubspot, "999", recordIdsToAdd=["10"])
    assert (unknown.status_code, unknown.json()["category"]) == (404, "OBJECT_NOT_FOUND")
    assert hubspot.get(f"{LISTS}/{key}").json()["list"]["processingType"] == "DYNAMIC"


def creation(*addresses: str) -> dict[str, Any]:
    return {
        "inputs": [
            {"properties": {"email": address}, "objectWriteTraceId": str(number)}
            for number, address in enumerate(addresses)
        ]
    }


def test_a_creation_refuses_an_address_that_is_taken_and_makes_the_others(
    hubspot: httpx.Client,
) -> None:
    url = f"{CONTACTS}/batch/create"
    fresh = hubspot.post(url, json=creation("created@example.com"))
    assert (fresh.status_code, len(fresh.json()["results"])) == (201, 1)
    reply = hubspot.post(url, json=creation("created@example.com", "created2@example.com"))
    answer = reply.json()
    assert (reply.status_code, len(answer["results"])) == (207, 1)
    assert answer["errors"][0]["category"] == "CONFLICT"
    assert answer["errors"][0]["context"]["objectWriteTraceId"] == ["0"]
    twice = hubspot.post(url, json=creation("twin@example.com", "twin@example.com"))
    assert twice.status_code == 400
