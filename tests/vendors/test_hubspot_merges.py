"""Merges, single records and the members of lists in the HubSpot emulator."""

from typing import Any

import httpx

from tests.vendors.hubspot_calls import CONTACTS, by_email, listed


def edited(client: httpx.Client, name: str, *records: dict[str, Any]) -> list[str]:
    body = {"object": name, "records": list(records)}
    ids: list[str] = client.post("/_sandbox/upsert", json=body).json()["ids"]
    return ids


def test_a_merge_gives_a_new_record_to_which_both_ids_lead(hubspot: httpx.Client) -> None:
    one, two = edited(
        hubspot,
        "contacts",
        {"properties": {"email": "m1@example.com", "firstname": "Ada"}},
        {"properties": {"email": "m2@example.com", "firstname": "Ida", "city": "Bath"}},
    )
    linked = {"contacts": {"results": [{"id": two, "type": "deal_to_contact"}]}}
    [deal] = edited(hubspot, "deals", {"properties": {"dealname": "x"}, "associations": linked})
    before = hubspot.get(f"/crm/v3/objects/deals/{deal}").json()
    body = {"primaryObjectId": one, "objectIdToMerge": two}
    merged = hubspot.post(f"{CONTACTS}/merge", json=body).json()
    assert merged["id"] not in (one, two)
    question = {"properties": "firstname,city,hs_merged_object_ids,hs_additional_emails"}
    for key in (one, two, merged["id"]):
        found = hubspot.get(f"{CONTACTS}/{key}", params=question).json()
        assert found["id"] == merged["id"]
        values = found["properties"]
        assert (values["firstname"], values["city"]) == ("Ada", "Bath")
        assert values["hs_merged_object_ids"] == f"{one};{two}"
        assert values["hs_additional_emails"] == "m2@example.com"
    other = by_email(hubspot, "m1@example.com")
    assert other is not None and other["id"] == merged["id"]
    ids = {each["id"] for each in listed(hubspot)} | {
        each["id"] for each in listed(hubspot, archived="true")
    }
    assert ids.isdisjoint((one, two))
    # The deal is about the new one, without having changed.
    after = hubspot.get(f"/crm/v3/objects/deals/{deal}", params={"associations": "contacts"}).json()
    assert after["associations"]["contacts"]["results"][0]["id"] == merged["id"]
    assert after["updatedAt"] == before["updatedAt"]
    assert hubspot.post(f"{CONTACTS}/merge", json=body).status_code == 400


def test_lists_are_searched_by_pages_and_tell_their_members_by_pages(hubspot: httpx.Client) -> None:
    ids = edited(hubspot, "contacts", *[{"properties": {"firstname": f"m{n}"}} for n in range(3)])
    body = {"name": "Searched", "objectTypeId": "0-1", "processingType": "MANUAL"}
    made = [hubspot.post("/crm/v3/lists", json=body).json()["list"]["listId"] for _ in range(3)]
    path = f"/crm/v3/lists/{made[0]}/memberships"
    hubspot.put(f"{path}/add-and-remove", json={"recordIdsToAdd": ids}).raise_for_status()
    found, offset, more = list[str](), 0, True
    while more:
        question = {"query": "searched", "count": 2, "offset": offset}
        page = hubspot.post("/crm/v3/lists/search", json=question).json()
        found += [each["listId"] for each in page["lists"]]
        offset, more = page["offset"], page["hasMore"]
    assert found == made
    first = hubspot.get(path, params={"limit": 2}).json()
    rest = hubspot.get(path, params={"limit": 2, "after": first["paging"]["next"]["after"]}).json()
    assert [each["recordId"] for each in first["results"] + rest["results"]] == ids
    assert all(each["membershipTimestamp"] for each in rest["results"])
    assert "paging" not in rest
    assert hubspot.get(path, params={"limit": 251}).status_code == 400
    assert hubspot.post("/crm/v3/lists/search", json={"count": 501}).status_code == 400
