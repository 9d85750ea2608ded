"""Google Ads as a source: days of spend that are read anew, corrected and taken back."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest

from orchestration.sources.vendor import VendorError
from sandbox.vendors.google_ads_reports import ACCOUNT, EMULATED, MANAGER, GoogleAdsReports
from tests.activation_world import UNLIMITED, Served, served
from tests.sources.installation import Installation, installed

TODAY = datetime.now(UTC).date()
YESTERDAY, LONG_AGO = ((TODAY - timedelta(days=days)).isoformat() for days in (1, 60))
SECRETS = {
    **{name: token_hex(8) for name in EMULATED.secrets},
    "GOOGLE_ADS_LOGIN_CUSTOMER_ID": MANAGER,
}


@pytest.fixture
def account() -> GoogleAdsReports:
    return GoogleAdsReports(SECRETS, UNLIMITED)


@pytest.fixture
def address(account: GoogleAdsReports) -> Iterator[Served]:
    with served(account) as at:
        yield at


@pytest.fixture
def kith(tmp_path: Path, address: Served) -> Iterator[Installation]:
    urls = {"GOOGLE_ADS_REPORTS_URL": address.url, "GOOGLE_OAUTH_URL": address.url}
    objects: dict[str, dict[str, str | int]] = {"campaign_days": {"customer_id": ACCOUNT}}
    with installed(tmp_path, "google_ads", objects, SECRETS | urls) as installation:
        yield installation


def cost(kith: Installation, campaign: str, day: str) -> tuple[bool, Any]:
    is_deleted, row = kith.latest("campaign_days")[f"{ACCOUNT}|{campaign}|{day}"]
    return is_deleted, row.get("metrics", {}).get("costMicros")


def test_a_day_that_costs_something_else_replaces_itself_and_one_untold_is_deleted(
    account: GoogleAdsReports, kith: Installation
) -> None:
    account.spend("1", "Autumn", YESTERDAY, 5_000_000, clicks=3)
    account.spend("2", "Winter", YESTERDAY, 7_000_000)
    account.spend("1", "Autumn", LONG_AGO, 1_000_000)
    assert kith.collect() == {"campaign_days": 3}
    assert kith.collect() == {}

    account.spend("1", "Autumn", YESTERDAY, 4_000_000, clicks=2)
    account.forget("2", YESTERDAY)
    # Beyond the window nothing is asked any more.
    account.forget("1", LONG_AGO)
    assert kith.collect() == {"campaign_days": 2}
    assert cost(kith, "1", YESTERDAY) == (False, "4000000")
    assert cost(kith, "2", YESTERDAY) == (True, None)
    assert cost(kith, "1", LONG_AGO) == (False, "1000000")

    account.spend("1", "Autumn", YESTERDAY, 5_000_000, clicks=3)
    account.spend("2", "Winter", YESTERDAY, 7_000_000)
    assert kith.collect() == {"campaign_days": 2}
    assert cost(kith, "1", YESTERDAY) == (False, "5000000")
    assert cost(kith, "2", YESTERDAY) == (False, "7000000")
    assert kith.collect() == {}


def test_an_account_that_spent_nothing_is_no_error(kith: Installation) -> None:
    assert kith.collect() == {}


def test_pages_follow_a_token_and_an_access_token_is_bought_again(
    account: GoogleAdsReports, kith: Installation, address: Served
) -> None:
    for number in range(7):
        account.spend(str(number), "C", YESTERDAY, number)
    account.page, account.good_for = 2, 2
    assert len(list(kith.read("campaign_days"))) == 7
    assert address.gate.requests["POST /token"] == 2


def test_throttling_and_a_page_that_was_lost_are_waited_out(
    account: GoogleAdsReports, kith: Installation, address: Served
) -> None:
    for number in range(5):
        account.spend(str(number), "C", YESTERDAY, number)
    account.page = 2
    address.order(only="/v26", next=["429", "500_after", "401", "reset", "503"])
    assert len(list(kith.read("campaign_days"))) == 5


def test_a_reply_that_is_no_answer_deletes_nothing(
    account: GoogleAdsReports, kith: Installation, address: Served
) -> None:
    account.spend("1", "Autumn", YESTERDAY, 5_000_000)
    state: dict[str, Any] = {}
    list(kith.read("campaign_days", state))
    before = dict(state)
    address.order(only="/v26", next=["empty"])
    with pytest.raises(VendorError, match="without 'results'"):
        list(kith.read("campaign_days", state))
    assert state == before


def test_a_manager_who_does_not_see_the_account_is_told_so(
    kith: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_ADS_LOGIN_CUSTOMER_ID", "1")
    with pytest.raises(VendorError, match="google_ads answered 401"):
        list(kith.read("campaign_days"))


def test_a_metric_that_is_new_or_of_another_type_is_kept(
    account: GoogleAdsReports, kith: Installation
) -> None:
    account.spend("1", "Autumn", YESTERDAY, 5)
    account.currency = {"code": "EUR"}  # type: ignore[assignment]  # as a vendor might one day
    kith.collect()
    [(_, row)] = kith.latest("campaign_days").values()
    assert row["customer"]["currencyCode"] == {"code": "EUR"}
