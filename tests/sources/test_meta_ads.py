"""Meta Ads as a source: days of spend that are read anew, corrected and taken back."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest

from orchestration.sources.vendor import VendorError
from sandbox.vendors.meta_insights import ACCOUNT, MetaInsights
from tests.activation_world import UNLIMITED, Served, served
from tests.sources.installation import Installation, installed

TOKEN = token_hex(8)
TODAY = datetime.now(UTC).date()
YESTERDAY, LONG_AGO = ((TODAY - timedelta(days=days)).isoformat() for days in (1, 60))
LAST_YEAR = (TODAY - timedelta(days=400)).isoformat()


@pytest.fixture
def account() -> MetaInsights:
    return MetaInsights({"META_ACCESS_TOKEN": TOKEN}, UNLIMITED)


@pytest.fixture
def address(account: MetaInsights) -> Iterator[Served]:
    with served(account) as at:
        yield at


@pytest.fixture
def kith(tmp_path: Path, address: Served) -> Iterator[Installation]:
    environment = {"META_URL": address.url, "META_ACCESS_TOKEN": TOKEN}
    objects: dict[str, dict[str, str | int]] = {"campaign_days": {"account_id": ACCOUNT}}
    with installed(tmp_path, "meta_ads", objects, environment) as installation:
        yield installation


def cost(kith: Installation, campaign: str, day: str) -> tuple[bool, Any]:
    is_deleted, row = kith.latest("campaign_days")[f"{ACCOUNT}|{campaign}|{day}"]
    return is_deleted, row.get("spend")


def test_a_day_that_costs_something_else_replaces_itself_and_one_untold_is_deleted(
    account: MetaInsights, kith: Installation
) -> None:
    account.spend("1", "Autumn", YESTERDAY, "5339.5", clicks=3)
    account.spend("2", "Winter", YESTERDAY, "7")
    account.spend("1", "Autumn", LONG_AGO, "1")
    account.spend("1", "Autumn", LAST_YEAR, "1")
    assert kith.collect() == {"campaign_days": 3}
    assert kith.collect() == {}
    account.spend("1", "Autumn", YESTERDAY, "5300", clicks=3)
    account.forget("2", YESTERDAY)
    account.forget("1", LONG_AGO)
    assert kith.collect() == {"campaign_days": 2}
    assert cost(kith, "1", YESTERDAY) == (False, "5300")
    assert cost(kith, "2", YESTERDAY) == (True, None)
    assert cost(kith, "1", LONG_AGO) == (False, "1")


def test_pages_follow_the_link_to_the_next_and_lose_nobody_to_a_server_error(
    account: MetaInsights, kith: Installation, address: Served
) -> None:
    for number in range(1_050):
        account.spend(str(number), "C", YESTERDAY, "1")
    address.order(next=["500_after", "reset", "503"])
    assert len({row["record_id"] for row in kith.read("campaign_days")}) == 1_050
    assert address.gate.requests[f"GET /v25.0/act_{ACCOUNT}/insights"] == 3 + 3


@pytest.mark.parametrize("code", [17, 80000])
def test_a_400_that_asks_for_patience_is_waited_out(
    account: MetaInsights, kith: Installation, address: Served, code: int
) -> None:
    account.spend("1", "C", YESTERDAY, "1")
    account.throttled = code
    address.order(next=["429", "429"])
    assert len(list(kith.read("campaign_days"))) == 1


def test_any_other_400_is_an_error_at_once_and_deletes_nothing(
    account: MetaInsights, kith: Installation, address: Served
) -> None:
    account.spend("1", "C", YESTERDAY, "1")
    state: dict[str, Any] = {}
    list(kith.read("campaign_days", state))
    before = dict(state)
    account.throttled = 100
    address.order(next=["429"])
    with pytest.raises(VendorError, match="meta_ads answered 400"):
        list(kith.read("campaign_days", state))
    address.order(next=["empty"])
    with pytest.raises(VendorError, match="without 'data'"):
        list(kith.read("campaign_days", state))
    assert state == before


def test_a_token_that_is_no_longer_good_is_an_error(
    kith: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("META_ACCESS_TOKEN", "old")
    with pytest.raises(VendorError, match="meta_ads answered 401") as refused:
        list(kith.read("campaign_days"))
    assert "old" not in str(refused.value)


def test_a_value_of_another_type_is_kept(account: MetaInsights, kith: Installation) -> None:
    account.spend("1", "C", YESTERDAY, "1")
    account.currency = {"code": "EUR"}  # type: ignore[assignment]  # as a vendor might one day
    kith.collect()
    [(_, row)] = kith.latest("campaign_days").values()
    assert row["account_currency"] == {"code": "EUR"}
