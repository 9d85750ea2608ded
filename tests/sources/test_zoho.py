"""Zoho CRM as a source: changes by page token, deletions by page, tokens that expire."""

import json
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex
from typing import Any

import httpx
import pytest

from orchestration.sources import described
from orchestration.sources.description import Description, description
from orchestration.sources.vendor import VendorError
from sandbox.vendors.zoho import EMULATED, Zoho, reading
from tests.activation_world import UNLIMITED, Served, served
from tests.sources.installation import Installation, installed

SECRETS = {name: token_hex(8) for name in EMULATED.secrets}
FIELDS = "Last_Name,Email,Created_Time,Modified_Time"
OBJECTS: dict[str, dict[str, str | int]] = {
    "Contacts": {"fields": f"{FIELDS},Account_Name,Kith_User_Id,Not_There"},
    "Leads": {"fields": f"{FIELDS},Converted__s,Converted_Contact"},
    "Deals": {"fields": "Deal_Name,Stage,Contact_Name,Created_Time,Modified_Time"},
    "Calls": {"fields": "Subject,Who_Id,$se_module,Created_Time,Modified_Time"},
}


@pytest.fixture
def organisation() -> Zoho:
    return Zoho(SECRETS, UNLIMITED)


@pytest.fixture
def address(organisation: Zoho) -> Iterator[Served]:
    with served(organisation) as at:
        yield at


@pytest.fixture
def kith(tmp_path: Path, address: Served) -> Iterator[Installation]:
    environment = {"ZOHO_URL": address.url, "ZOHO_ACCOUNTS_URL": address.url, **SECRETS}
    with installed(tmp_path, "zoho", OBJECTS, environment) as installation:
        yield installation


def people(count: int, name: str = "p") -> list[dict[str, Any]]:
    return [{"Last_Name": f"{name}{n}", "Email": f"{name}{n}@example.com"} for n in range(count)]


def content(row: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(row["record"])
    return found


def asked(address: Served, path: str) -> int:
    return address.gate.requests[path]


def test_everything_arrives_once_and_then_exactly_what_changed(
    organisation: Zoho, kith: Installation
) -> None:
    ada, bob, cyd, dan = organisation.edit("Contacts", people(4))
    lead, spam = organisation.edit("Leads", people(2, "lead"))
    [deal] = organisation.edit("Deals", [{"Deal_Name": "D", "Contact_Name": {"id": ada}}])
    assert kith.collect() == {"contacts": 4, "leads": 2, "deals": 1}
    assert kith.collect() == {}

    organisation.edit("Contacts", [{"id": bob, "Kith_User_Id": "u_1"}])
    organisation.edit("Contacts", [{"id": cyd, "Title": "CTO"}])  # which is not collected
    organisation.merge("Contacts", ada, dan)
    converted = {"Converted__s": True, "Converted_Contact": {"id": dan, "name": "p3"}}
    organisation.edit("Leads", [{"id": lead, **converted}])
    organisation.remove("Leads", [spam])
    # A merge deletes the loser; the winner had a value in every field that is collected.
    assert kith.collect() == {"contacts": 2, "leads": 2, "deals": 1}
    assert kith.latest("Contacts")[bob][1]["Kith_User_Id"] == "u_1"
    assert kith.latest("Contacts")[ada] == (True, {"id": ada})
    assert kith.latest("Deals")[deal][1]["Contact_Name"]["id"] == dan
    assert kith.latest("Leads")[lead][1]["Converted_Contact"]["id"] == dan
    # Of somebody who was deleted no name is kept.
    assert kith.latest("Leads")[spam] == (True, {"id": spam})
    assert kith.collect() == {}


def test_a_contact_that_a_sync_made_is_read_like_any_other(
    kith: Installation, address: Served
) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": SECRETS["ZOHO_REFRESH_TOKEN"]}
    form |= {"client_id": SECRETS["ZOHO_CLIENT_ID"], "client_secret": SECRETS["ZOHO_CLIENT_SECRET"]}
    token = httpx.post(f"{address.url}/oauth/v2/token", data=form).json()["access_token"]
    body = {"data": people(1), "duplicate_check_fields": ["Email"]}
    headers = {"Authorization": f"Zoho-oauthtoken {token}"}
    reply = httpx.post(f"{address.url}/crm/v8/Contacts/upsert", json=body, headers=headers)
    [row] = kith.read("Contacts")
    assert row["record_id"] == reply.json()["data"][0]["details"]["id"]
    assert content(row)["Email"] == "p0@example.com"
    assert "Modified_Time" not in content(row)


def test_a_token_that_expires_between_pages_is_bought_again(
    organisation: Zoho, kith: Installation, address: Served
) -> None:
    ids = organisation.edit("Contacts", people(450))
    rows = kith.read("Contacts")
    found = [next(rows)]
    organisation.expire()
    found += rows
    assert sorted(row["record_id"] for row in found) == sorted(ids)
    assert asked(address, "POST /oauth/v2/token") == 2


def test_a_refresh_token_that_was_revoked_is_said_and_nothing_is_read(
    organisation: Zoho, kith: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    organisation.edit("Contacts", people(1))
    monkeypatch.setenv("ZOHO_REFRESH_TOKEN", "revoked")
    state: dict[str, Any] = {}
    # Zoho says so with 200 and an `error`.
    with pytest.raises(VendorError, match="POST /oauth/v2/token without 'access_token'"):
        list(kith.read("Contacts", state))
    assert state == {}


def test_a_module_without_records_or_without_changes_is_no_failure(
    organisation: Zoho, kith: Installation
) -> None:
    state: dict[str, Any] = {}
    assert list(kith.read("Calls", state)) == []
    organisation.edit("Calls", [{"Subject": "C", "Who_Id": None, "$se_module": None}])
    [call] = kith.read("Calls", state)
    assert content(call)["$se_module"] is None
    state["until"] = "2999-01-01T00:00:00+00:00"
    assert list(kith.read("Calls", state)) == []


def test_more_than_two_thousand_records_come_by_page_token(
    organisation: Zoho, kith: Installation
) -> None:
    ids = organisation.edit("Leads", people(2_300))
    assert {row["record_id"] for row in kith.read("Leads")} == set(ids)


@pytest.fixture
def short_chains(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chains of page tokens end after 400 records instead of 100,000."""
    monkeypatch.setattr(reading, "WITH_TOKEN", 400)
    whole = description("zoho").model_dump(mode="json", by_alias=True)
    for wanted in whole["objects"].values():
        wanted["reads"][0]["most"] = 400
    short = Description.model_validate(whole)
    monkeypatch.setattr(described, "description", lambda kind: short)


@pytest.mark.usefixtures("short_chains")
def test_where_a_chain_of_page_tokens_ends_the_reading_goes_on_from_the_last_change(
    organisation: Zoho, kith: Installation
) -> None:
    ids = [key for n in range(9) for key in organisation.edit("Contacts", people(110, f"b{n}-"))]
    assert {row["record_id"] for row in kith.read("Contacts")} == set(ids)


@pytest.mark.usefixtures("short_chains")
def test_more_changes_at_one_moment_than_a_chain_tells_are_refused_rather_than_lost(
    organisation: Zoho, kith: Installation
) -> None:
    organisation.edit("Contacts", people(900))
    with pytest.raises(VendorError, match="more than 400 records of /crm/v8/Contacts changed at"):
        list(kith.read("Contacts"))


def test_deletions_come_in_pages_by_number(organisation: Zoho, kith: Installation) -> None:
    ids = organisation.edit("Contacts", people(450))
    organisation.remove("Contacts", ids[:430])
    found = list(kith.read("Contacts"))
    assert {row["record_id"] for row in found if row["is_deleted"]} == set(ids[:430])
    assert {row["record_id"] for row in found if not row["is_deleted"]} == set(ids[430:])


def test_throttling_and_server_errors_are_waited_out(
    organisation: Zoho, kith: Installation, address: Served
) -> None:
    ids = organisation.edit("Contacts", people(300))
    address.order(next=["429", "reset", "500_after"], only="/crm")
    assert {row["record_id"] for row in kith.read("Contacts")} == set(ids)


def test_a_field_that_the_organisation_does_not_have_is_left_out_and_a_new_type_is_kept(
    organisation: Zoho, kith: Installation
) -> None:
    organisation.edit("Contacts", people(201))
    organisation.edit("Contacts", [{"Last_Name": {"was": "text"}}])
    found = list(kith.read("Contacts"))
    assert content(found[-1])["Last_Name"] == {"was": "text"}
    assert content(found[0])["Kith_User_Id"] is None
    assert "Not_There" not in content(found[0])
