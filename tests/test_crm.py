"""Merges, deletions and late contacts of CRMs, batch by batch, and whose everything is then."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pytest

from orchestration.sources.declaration import declarations
from orchestration.sources.intake import load
from orchestration.warehouse import Home, Manifest, connect
from tests.raw_history import Warehouse

Version = tuple[str, str, bool, dict[str, Any]]


def contact(record_id: str, day: int, **properties: str) -> Version:
    """A version of a HubSpot contact, as a row of `raw.hubspot_contacts`."""
    return "hubspot_contacts", f"2026-01-{day:02}", False, {"id": record_id, **bag(properties)}


def bag(properties: dict[str, str]) -> dict[str, Any]:
    return {"properties": properties, "associations": {}}


def about(table: str, record_id: str, contact_id: str, *, day: int, gone: bool = False) -> Version:
    """A version of a HubSpot deal or call that names one contact."""
    properties = {"dealname": record_id, "hs_call_title": record_id, "hs_call_status": "COMPLETED"}
    named = {"contacts": {"results": [{"id": contact_id}]}}
    record = {"id": record_id, **bag(properties | {"hs_timestamp": "2026-01-01T10:00:00Z"})}
    return table, f"2026-01-{day:02}", gone, record | {"associations": named}


def card(record_id: str, day: int, *, merged_into: str | None = None, **fields: str) -> Version:
    """A version of a Salesforce contact; one that was merged is deleted and names its master."""
    record = {"Id": record_id, "MasterRecordId": merged_into, **fields}
    return "salesforce_contact", f"2026-01-{day:02}", merged_into is not None, record


# Ann is entered twice and then merged; Eve's card is deleted; card 9 comes after the call about it.
# Carl's two cards are merged by mistake, which is undone a batch later; then Ann's card is deleted.
BATCHES: tuple[tuple[Version, ...], ...] = (
    (
        contact("1", 1, email="ann@acme.example"),
        contact("2", 1, email="ann@home.example", account_id="u-ann", hs_email_optout="true"),
        contact("4", 1, email="eve@acme.example"),
        about("hubspot_deals", "d2", "2", day=1),
        about("hubspot_deals", "d4", "4", day=1),
        about("hubspot_deals", "dropped", "1", day=1),
        about("hubspot_calls", "c2", "2", day=1),
        about("hubspot_calls", "c4", "4", day=1),
        about("hubspot_calls", "c9", "9", day=1),
        about("hubspot_calls", "dropped", "1", day=1),
        card("003A", 1, Email="carl@one.example"),
        card("003B", 1, Email="carl@two.example"),
    ),
    (
        ("hubspot_contacts", "2026-01-02", True, {"id": "2", "mergedInto": "1"}),
        ("hubspot_contacts", "2026-01-02", True, {"id": "4", **bag({"email": "eve@acme.example"})}),
        contact("9", 2, email="nina@acme.example"),
        about("hubspot_deals", "dropped", "1", day=2, gone=True),
        about("hubspot_calls", "dropped", "1", day=2, gone=True),
        card("003A", 2, merged_into="003B", Email="carl@one.example"),
    ),
    (
        card("003A", 3, Email="carl@one.example", Phone="+49301"),
        ("hubspot_contacts", "2026-01-03", True, {"id": "1", **bag({"email": "ann@acme.example"})}),
    ),
)


@dataclass(frozen=True)
class Seen:
    """What the doorways say after a batch."""

    customer_of: dict[str, str]  # e-mail address or id → customer
    existing: set[str]  # those that a record which still exists gives
    contacts: set[str]
    deals: dict[str, str | None]  # deal → customer
    activities: dict[str, str | None]
    calls: set[str]  # the calls among the interactions
    refusing: set[str]  # customers who may not be e-mailed


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> list[Seen]:
    """The doorways after each of the batches, built one after the other."""
    home = Home(tmp_path_factory.mktemp("home"))
    load(home, declarations(Manifest()))
    seen = []
    for batch_id, versions in enumerate(BATCHES, start=1):
        take_up(home, batch_id, versions)
        Warehouse(home).build(
            "--select", "+crm_contacts", "+consents", "+crm_deals", "+interactions"
        )
        seen.append(look(home))
    return seen


def take_up(home: Home, batch_id: int, versions: Iterable[Version]) -> None:
    with connect(home.warehouse) as connection:
        for table, updated_at, is_deleted, record in versions:
            record_id = record.get("id") or record["Id"]
            connection.execute(
                f"insert into raw.{table} by name select ? as record_id, ? as updated_at, "
                "? as is_deleted, ?::json as record, ? as batch_id",
                [record_id, updated_at, is_deleted, json.dumps(record), batch_id],
            )
        connection.execute(
            "insert into raw.loads by name select ? as batch_id, 'hubspot' as source, "
            "'batch ' || ? as file, now()::timestamp as loaded_at",
            [batch_id, batch_id],
        )


def look(home: Home) -> Seen:
    with connect(home.doorways, read_only=True) as connection:

        def pairs(query: str) -> dict[str, Any]:
            return dict(connection.execute(query).fetchall())

        def column(query: str) -> set[str]:
            return {value for (value,) in connection.execute(query).fetchall()}

        whose = "left join identity.customer_ids using (node_id)"
        return Seen(
            customer_of=pairs("select identifier_value, customer_id from identity.customer_ids"),
            existing=column("select identifier_value from identity.customer_ids where is_current"),
            contacts=column("select contact_id from customers.crm_contacts"),
            deals=pairs(f"select deal_id, customer_id from journey.crm_deals {whose}"),
            activities=pairs(
                f"select activity_id, customer_id from journey.crm_activities {whose}"
            ),
            calls=column("select interaction_id from journey.interactions where kind = 'call'"),
            refusing=column("select customer_id from customers.consents where not is_granted"),
        )


def test_what_hangs_on_a_merged_record_is_the_winners(told: list[Seen]) -> None:
    before, after, _ = told
    assert before.customer_of["1"] != before.customer_of["2"]
    assert after.customer_of["1"] == after.customer_of["2"]
    assert after.deals["hubspot/deal/d2"] == after.customer_of["1"]
    assert after.activities["hubspot/call/c2"] == after.customer_of["1"]


def test_what_a_merged_record_said_of_the_person_stays_true(told: list[Seen]) -> None:
    _, after, _ = told
    assert after.customer_of["ann@home.example"] == after.customer_of["1"]
    assert after.customer_of["u-ann"] == after.customer_of["1"]
    assert "ann@home.example" not in after.existing
    assert "ann@acme.example" in after.existing


def test_a_merge_lifts_no_refusal_of_email(told: list[Seen]) -> None:
    before, after, _ = told
    assert before.refusing == {before.customer_of["2"]}
    assert after.refusing == {after.customer_of["1"]}


def test_records_that_were_merged_away_or_deleted_are_no_contacts(told: list[Seen]) -> None:
    before, after, last = told
    hubspot = {f"hubspot/contact/{each}" for each in ("1", "2", "4", "9")}
    carls = {"salesforce/contact/003A", "salesforce/contact/003B"}
    assert before.contacts == hubspot - {"hubspot/contact/9"} | carls
    assert after.contacts == {"hubspot/contact/1", "hubspot/contact/9", "salesforce/contact/003B"}
    assert last.contacts == {"hubspot/contact/9"} | carls


def test_deleted_deals_and_calls_are_gone(told: list[Seen]) -> None:
    before, after, _ = told
    assert "hubspot/deal/dropped" in before.deals
    assert "hubspot/deal/dropped" not in after.deals
    assert {"hubspot/call/dropped", "hubspot/call/c2"} <= before.calls & set(before.activities)
    assert "hubspot/call/dropped" not in after.calls | set(after.activities)
    assert "hubspot/call/c2" in after.calls


def test_a_deal_or_call_with_a_deleted_contact_brings_nobody_back(told: list[Seen]) -> None:
    before, after, _ = told
    assert {"4", "eve@acme.example"} <= before.existing
    assert not {"4", "eve@acme.example"} & after.existing
    assert {"hubspot/deal/d4"} <= set(after.deals)


def test_a_call_with_a_contact_that_is_not_known_yet_waits_for_it(told: list[Seen]) -> None:
    before, after, _ = told
    assert "9" not in before.existing
    assert before.activities["hubspot/call/c9"] == before.customer_of["9"]
    assert "9" in after.existing
    assert after.activities["hubspot/call/c9"] == after.customer_of["nina@acme.example"]


def test_a_merge_that_was_undone_parts_the_two_again(told: list[Seen]) -> None:
    before, after, last = told
    assert [
        seen.customer_of["003A"] == seen.customer_of["003B"] for seen in (before, after, last)
    ] == [False, True, False]
    assert last.customer_of["carl@one.example"] == last.customer_of["003A"]


def test_when_the_winner_is_deleted_nobody_is_left(told: list[Seen]) -> None:
    _, after, last = told
    ann = {"1", "2", "ann@acme.example", "ann@home.example", "u-ann"}
    assert after.existing & ann == {"1", "ann@acme.example"}
    assert not last.existing & ann
