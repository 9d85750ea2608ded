"""Klaviyo as a source: profiles and what they agreed to, events, and what those are called."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex
from typing import Any

import httpx
import openapi_client.models as vendors
import pytest

from orchestration.sources import full_scan
from orchestration.sources.vendor import VendorError
from sandbox.vendors.klaviyo.app import Klaviyo
from tests.activation_world import UNLIMITED, Served, served
from tests.sources.installation import Installation, installed

KEY = token_hex(8)
OBJECTS: dict[str, dict[str, str | int]] = {"profiles": {}, "events": {}, "metrics": {}}


@pytest.fixture
def account() -> Klaviyo:
    return Klaviyo({"KLAVIYO_API_KEY": KEY}, UNLIMITED)


@pytest.fixture
def address(account: Klaviyo) -> Iterator[Served]:
    with served(account) as at:
        yield at


@pytest.fixture
def kith(tmp_path: Path, address: Served) -> Iterator[Installation]:
    environment = {"KLAVIYO_URL": address.url, "KLAVIYO_API_KEY": KEY}
    with installed(tmp_path, "klaviyo", OBJECTS, environment) as installation:
        yield installation


def person(name: str) -> dict[str, Any]:
    return {"email": f"{name}@example.com", "first_name": name}


def consent(record: dict[str, Any]) -> str:
    found: str = record["attributes"]["subscriptions"]["email"]["marketing"]["consent"]
    return found


def test_everything_arrives_once_and_then_exactly_what_changed(
    account: Klaviyo, kith: Installation
) -> None:
    ada, bob = account.edit(person("ada")), account.edit(person("bob"))
    account.journal.agree(ada, "SUBSCRIBED")
    properties: dict[str, Any] = {
        "Subject": "Sale",
        "$message": "01M",
        "$extra": {"address": "12 rue Foch"},
    }
    opened = account.journal.happened("Opened Email", ada, **properties)
    assert kith.collect() == {"profiles": 2, "events": 1, "metrics": 1}
    assert kith.collect() == {}
    _, event = kith.latest("events")[opened]
    told = event["attributes"]["event_properties"]
    assert (told["Subject"], told["$message"]) == ("Sale", "01M")
    assert not {"Recipient Email Address", "$extra"} & told.keys()
    assert event["relationships"]["profile"] == {"data": {"type": "profile", "id": ada}}

    account.journal.agree(ada, "UNSUBSCRIBED")
    account.journal.happened("Unsubscribed from Email Marketing", ada)
    account.edit({"email": "bob@example.com"})  # touched, and nothing is different
    assert kith.collect() == {"profiles": 1, "events": 1, "metrics": 1}
    assert consent(kith.latest("profiles")[ada][1]) == "UNSUBSCRIBED"
    assert consent(kith.latest("profiles")[bob][1]) == "NEVER_SUBSCRIBED"


def test_whom_a_merge_or_a_deletion_took_away_is_found_by_the_next_scan(
    account: Klaviyo, kith: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    loser, winner, gone = (account.edit(person(name)) for name in ("ada", "adah", "bob"))
    account.journal.happened("Opened Email", loser)
    kith.collect()
    account.edit({"email": "adah@example.com", "first_name": "Ada"})
    account.merge(loser, winner)
    account.remove(gone)
    assert kith.collect() == {"profiles": 1, "events": 1}
    assert kith.latest("profiles")[loser][0] is False
    [(_, event)] = kith.latest("events").values()
    assert event["relationships"]["profile"]["data"]["id"] == winner

    monkeypatch.setattr(full_scan, "is_due", lambda state, hours: True)
    assert kith.collect() == {"profiles": 2}
    assert kith.latest("profiles")[loser] == (True, {})
    assert kith.latest("profiles")[gone] == (True, {})
    assert kith.collect() == {}


def test_a_profile_that_a_sync_wrote_is_read_like_any_other(
    account: Klaviyo, kith: Installation, address: Served
) -> None:
    headers = {
        "Authorization": f"Klaviyo-API-Key {KEY}",
        "revision": "2026-04-15",
        "Content-Type": "application/vnd.api+json",
    }
    content = {"data": {"type": "profile", "attributes": person("ada")}}
    made = httpx.post(
        f"{address.url}/api/profile-import", content=json.dumps(content), headers=headers
    )
    assert made.status_code == 200
    [row] = kith.read("profiles")
    assert row["record_id"] == made.json()["data"]["id"]
    assert "updated" not in json.loads(row["record"])["attributes"]


def test_pages_lose_nobody_who_changes_while_they_are_read(
    account: Klaviyo, kith: Installation
) -> None:
    ids = [account.edit(person(f"p{n}")) for n in range(250)]
    rows = kith.read("profiles")
    first = next(rows)
    account.edit({"email": "p3@example.com", "first_name": "Ada"})
    found = [first, *rows]
    assert {row["record_id"] for row in found} == set(ids)
    # Whoever changes moves to the end, and comes once more.
    assert [row["record_id"] for row in found].count(ids[3]) == 2


def test_throttling_and_a_page_that_was_lost_are_waited_out(
    account: Klaviyo, kith: Installation, address: Served
) -> None:
    ada = account.edit(person("ada"))
    before = datetime(2026, 1, 1, tzinfo=UTC)
    for number in range(1_100):
        account.journal.happened("Opened Email", ada, before + timedelta(minutes=number))
    address.order(next=["429", "500_after", "reset", "503"])
    assert len({row["record_id"] for row in kith.read("events")}) == 1_100


def test_what_is_told_is_what_the_vendors_own_client_reads(
    account: Klaviyo, address: Served
) -> None:
    ada = account.edit(person("ada"))
    account.journal.agree(ada, "UNSUBSCRIBED", "SPAM_COMPLAINT")
    account.journal.happened("Opened Email", ada)
    headers = {"Authorization": f"Klaviyo-API-Key {KEY}", "revision": "2026-04-15"}
    told = {
        path: httpx.get(f"{address.url}/api/{path}", params=params, headers=headers).json()
        for path, params in {
            "profiles": {"additional-fields[profile]": "subscriptions"},
            "events": {"sort": "datetime"},
            "metrics": {},
        }.items()
    }
    profiles = vendors.GetProfileResponseCollectionCompoundDocument.from_dict(told["profiles"])
    events = vendors.GetEventResponseCollectionCompoundDocument.from_dict(told["events"])
    metrics = vendors.GetMetricResponseCollectionCompoundDocument.from_dict(told["metrics"])
    marketing = profiles.data[0].attributes.subscriptions.email.marketing
    assert (marketing.consent, marketing.suppression[0].reason) == (
        "UNSUBSCRIBED",
        "SPAM_COMPLAINT",
    )
    assert events.data[0].relationships.profile.data.id == ada
    assert events.data[0].relationships.metric.data.id == metrics.data[0].id


def test_events_are_asked_for_from_the_last_one_on(account: Klaviyo, kith: Installation) -> None:
    ada = account.edit(person("ada"))
    now = datetime.now(UTC)
    account.journal.happened("Opened Email", ada, now - timedelta(days=9))
    late = account.journal.happened("Opened Email", ada, now - timedelta(days=1))
    state: dict[str, Any] = {}
    assert len(list(kith.read("events", state))) == 2
    assert [row["record_id"] for row in kith.read("events", state)] == [late]


def test_a_key_without_the_scope_is_an_error_and_keeps_the_position(
    account: Klaviyo, kith: Installation, address: Served
) -> None:
    account.edit(person("ada"))
    address.order(next=["403"])
    state: dict[str, Any] = {}
    with pytest.raises(VendorError, match="klaviyo answered 403 to GET /api/profiles"):
        list(kith.read("profiles", state))
    assert state == {}


def test_a_field_that_is_new_or_of_another_type_is_kept(
    account: Klaviyo, kith: Installation
) -> None:
    key = account.edit(person("ada"))
    account.profiles[key] |= {"title": {"text": "CTO"}, "born": 1815}
    kith.collect()
    [(_, record)] = kith.latest("profiles").values()
    assert (record["attributes"]["title"], record["attributes"]["born"]) == ({"text": "CTO"}, 1815)
