"""The synthetic world's truth is what its messages and records show."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from sandbox import world
from sandbox.world import World
from tests import world_identifiers
from tests.world_identifiers import Identifier, Message, Truth


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> World:
    return world.build(tmp_path_factory.mktemp("small") / "world", people=1_500, days=60)


@pytest.fixture(scope="module")
def messages(small: World) -> list[Message]:
    return world_identifiers.messages_of(small)


@pytest.fixture(scope="module")
def truth(small: World) -> Truth:
    return world_identifiers.truth_of(small)


def test_the_truth_of_events_is_what_the_events_show(messages: list[Message], truth: Truth) -> None:
    found = set[Identifier]().union(*map(world_identifiers.of_message, messages))
    assert found == truth["events"].keys()


def test_the_truth_of_the_vendors_is_what_their_records_show(small: World, truth: Truth) -> None:
    contacts = world_identifiers.records(small.hubspot / "contacts.parquet")
    found = set[Identifier]().union(*map(world_identifiers.of_contact, contacts))
    assert found == truth["hubspot"].keys()
    people = [
        record
        for file in ("Lead", "Contact")
        for record in world_identifiers.records(small.salesforce / f"{file}.parquet")
    ]
    found = set[Identifier]().union(*map(world_identifiers.of_salesforce, people))
    assert found == truth["salesforce"].keys()
    persons = world_identifiers.records(small.pipedrive / "persons.parquet")
    found = set[Identifier]().union(*map(world_identifiers.of_pipedrive, persons))
    assert found == truth["pipedrive"].keys()
    found = {
        identifier
        for kind in ("lead", "contact")
        for record in world_identifiers.records(small.zoho / f"{kind.title()}s.parquet")
        for identifier in world_identifiers.of_zoho(kind, record)
    }
    assert found == truth["zoho"].keys()


def test_the_identifiers_of_one_message_or_record_have_a_person_in_common(
    small: World, messages: list[Message], truth: Truth
) -> None:
    contacts = world_identifiers.records(small.hubspot / "contacts.parquet")
    for message in messages:
        owners = [truth["events"][key] for key in world_identifiers.of_message(message)]
        assert set.intersection(*owners)
    for contact in contacts:
        owners = [truth["hubspot"][key] for key in world_identifiers.of_contact(contact)]
        assert set.intersection(*owners)


def test_some_phones_and_devices_are_shared_and_nothing_else_is(
    truth: Truth,
) -> None:
    owners: dict[Identifier, set[int]] = defaultdict(set)
    for identifiers in truth.values():
        for identifier, people in identifiers.items():
            owners[identifier] |= people
    shared = {identifier for identifier, people in owners.items() if len(people) > 1}
    assert {kind for kind, _ in shared} == {"phone", "anonymous_id"}
    assert max(len(owners[identifier]) for identifier in shared) <= 4


def test_junk_stands_in_every_source_and_never_in_the_truth(
    small: World, messages: list[Message], truth: Truth
) -> None:
    traits = [m["traits"].get("email") for m in messages if m["type"] == "identify"]
    assert world_identifiers.JUNK & set(traits)
    for file in (small.hubspot / "contacts", *map(small.salesforce.joinpath, ("Lead", "Contact"))):
        text = json.dumps(world_identifiers.records(file.with_suffix(".parquet")))
        assert any(f'"{junk}"' in text for junk in world_identifiers.JUNK)
    values = {value for identifiers in truth.values() for _, value in identifiers}
    assert not values & world_identifiers.JUNK


def test_records_refer_to_records_that_exist(small: World) -> None:
    def ids(file: Path) -> set[str]:
        return {record.get("Id") or record["id"] for record in world_identifiers.records(file)}

    leads = world_identifiers.records(small.salesforce / "Lead.parquet")
    converted = {lead["ConvertedContactId"] for lead in leads if lead["IsConverted"]}
    assert converted and converted <= ids(small.salesforce / "Contact.parquet")
    accounts = ids(small.salesforce / "Account.parquet")
    for file in ("Contact", "Opportunity"):
        rows = world_identifiers.records(small.salesforce / f"{file}.parquet")
        assert {row["AccountId"] for row in rows} - {None} <= accounts
        assert all(len(row["Id"]) == 18 for row in rows)
    deals = world_identifiers.records(small.hubspot / "deals.parquet")
    associated = {deal["associations"]["contacts"]["results"][0]["id"] for deal in deals}
    assert associated and associated <= ids(small.hubspot / "contacts.parquet")


def test_activities_and_campaign_members_are_about_records_that_exist(small: World) -> None:
    def read(name: str) -> list[dict[str, Any]]:
        folder = small.hubspot if name.islower() else small.salesforce
        return world_identifiers.records(folder / f"{name}.parquet")

    def ids(*names: str) -> set[str]:
        return {record.get("Id") or record["id"] for name in names for record in read(name)}

    contacts, deals = ids("contacts"), ids("deals")
    for name in ("calls", "emails", "meetings", "tasks", "notes"):
        linked = [record["associations"] for record in read(name)]
        assert {each["contacts"]["results"][0]["id"] for each in linked} <= contacts
        about = {each["deals"]["results"][0]["id"] for each in linked if "deals" in each}
        assert about and about <= deals
    people, opportunities = ids("Lead", "Contact"), ids("Opportunity") | {None}
    for name in ("Task", "Event"):
        rows = read(name)
        assert rows and {row["WhoId"] for row in rows} <= people
        assert {row["WhatId"] for row in rows} <= opportunities
    members = read("CampaignMember")
    assert {row["CampaignId"] for row in members} == ids("Campaign")
    assert {row["ContactId"] or row["LeadId"] for row in members} <= people


def test_merged_records_name_the_one_that_took_their_place(small: World) -> None:
    contacts = world_identifiers.records(small.hubspot / "contacts.parquet")
    merged = {each["id"]: each["mergedInto"] for each in contacts if "mergedInto" in each}
    told = {
        loser: each["id"]
        for each in contacts
        for loser in (each.get("properties", {}).get("hs_merged_object_ids") or "").split(";")
        if loser
    }
    assert merged and merged == told
    leads = {
        each["Id"]: each for each in world_identifiers.records(small.salesforce / "Lead.parquet")
    }
    losers = [each for each in leads.values() if each["MasterRecordId"]]
    assert losers and all(each["IsDeleted"] for each in losers)
    assert {each["MasterRecordId"] for each in losers} <= leads.keys()


def test_records_of_the_branches_refer_to_records_that_exist(small: World) -> None:
    def read(file: Path) -> list[dict[str, Any]]:
        return world_identifiers.records(file.with_suffix(".parquet"))

    persons = {person["id"] for person in read(small.pipedrive / "persons")}
    organizations = {each["id"] for each in read(small.pipedrive / "organizations")} | {None}
    deals = {each["id"] for each in read(small.pipedrive / "deals")} | {None}
    for name in ("deals", "leads", "activities"):
        rows = read(small.pipedrive / name)
        assert rows and {row["person_id"] for row in rows} <= persons
        key = "organization_id" if name == "leads" else "org_id"
        assert {row[key] for row in rows} <= organizations
    assert {row["deal_id"] for row in read(small.pipedrive / "activities")} <= deals
    contacts = {contact["id"] for contact in read(small.zoho / "Contacts")}
    pointers = {"Tasks": "Who_Id", "Calls": "Who_Id", "Events": "Who_Id", "Deals": "Contact_Name"}
    for name, field in pointers.items():
        assert {row[field]["id"] for row in read(small.zoho / name)} <= contacts
    leads = read(small.zoho / "Leads")
    converted = {each["Converted_Contact"]["id"] for each in leads if each.get("Converted__s")}
    assert converted and converted <= contacts


def test_no_two_hubspot_contacts_share_an_address(small: World) -> None:
    contacts = world_identifiers.records(small.hubspot / "contacts.parquet")
    emails = [each["properties"]["email"] for each in contacts if "properties" in each]
    known = [email.lower() for email in emails if email]
    assert len(set(known)) == len(known) > 0.8 * len(emails)
