-- The Complete Journey tables of the variable `data` as Segment messages: one table of lines.

create macro tables(name) as getvariable('data') || '/' || name || '.parquet';
create macro iso(moment) as strftime(moment, '%Y-%m-%dT%H:%M:%S.%gZ');

create view products as from read_parquet(tables('products'));
create view campaign_descriptions as from read_parquet(tables('campaign_descriptions'));

create macro campaign_name(campaign_id, campaign_type)
    as 'Campaign ' || campaign_id || ' (' || campaign_type || ')';

-- What all messages share; `body` is the part that differs, `words` what makes the message unique.
create macro message(type, words, household_id, channel, moment, body)
    as '{"type":"' || type || '","messageId":"' || md5(words)::uuid::varchar
    || '","anonymousId":null,"userId":"household_' || household_id || '","channel":"' || channel
    || '","timestamp":"' || iso(moment) || '","originalTimestamp":"' || iso(moment)
    || '","sentAt":"' || iso(moment) || '","receivedAt":"' || iso(moment) || '",' || body
    || ',"context":{"library":{"name":"complete-journey","version":"0.1.0"}}}';

create table lines as
with baskets as (
    select
        basket_id,
        household_id,
        max(transaction_timestamp) as bought_at,
        any_value(store_id) as store_id,
        -- each line is to the cent, but stored as a double: exact decimals sum exactly
        sum(sales_value::decimal(18, 2)) as total,
        -- sorted afterwards: an ordered aggregate takes a hundred times the memory
        list_sort(list({
            'product_id': product_id::varchar,
            'category': coalesce(product_category, department),
            'brand': brand,
            -- the source counts some weighed goods as a quantity of 0
            'price': round(sales_value / greatest(quantity, 1), 4),
            'quantity': quantity,
        })) as products,
    from read_parquet(tables('transactions'))
    left join products using (product_id)
    group by basket_id, household_id
),

redemptions as (
    select
        *,
        -- the table has no key: equal rows are told apart by their number
        row_number() over (
            partition by household_id, coupon_upc, campaign_id, redemption_date
        ) as repetition,
    from read_parquet(tables('coupon_redemptions'))
)

select
    -- the year ends some hours after midnight
    'orders_q' || quarter(least(bought_at, timestamp '2017-12-31')) as file,
    bought_at as happened_at,
    message(
        'track', 'basket|' || basket_id, household_id, 'server', bought_at,
        '"event":"Order Completed","properties":' || to_json({
            'order_id': basket_id::varchar, 'store_id': store_id::varchar, 'currency': 'USD',
            'total': total, 'revenue': total, 'products': products,
        })
    ) as line,
from baskets
union all
select
    'promotions',
    start_date,
    message(
        'track', 'promotion|' || campaign_id || '|' || household_id, household_id, 'mail',
        start_date,
        '"event":"Promotion Delivered","properties":' || to_json({
            'campaign_id': campaign_id::varchar,
            'campaign_name': campaign_name(campaign_id, campaign_type),
        })
    ),
from read_parquet(tables('campaigns'))
inner join campaign_descriptions using (campaign_id)
union all
select
    'coupons',
    redemption_date,
    message(
        'track',
        concat_ws(
            '|', 'coupon', household_id, coupon_upc, campaign_id, redemption_date, repetition
        ),
        household_id, 'server', redemption_date,
        '"event":"Coupon Redeemed","properties":' || to_json({
            'coupon_id': coupon_upc::varchar, 'campaign_id': campaign_id::varchar,
        })
    ),
from redemptions
union all
select
    'households',
    timestamp '2017-01-01',
    message(
        'identify', 'household|' || household_id, household_id, 'server', timestamp '2017-01-01',
        '"traits":' || to_json({
            'age': age, 'income': income, 'home_ownership': home_ownership,
            'marital_status': marital_status, 'household_size': household_size,
            'household_composition': household_comp, 'kids_count': kids_count,
        })
    ),
from read_parquet(tables('demographics'));

copy (
    select
        campaign_id,
        campaign_name(campaign_id, campaign_type) as campaign_name,
        campaign_type,
        start_date::date as starts_on,
        end_date::date as ends_on,
    from campaign_descriptions
    order by campaign_id
) to (getvariable('out') || '/campaigns/campaigns.csv') (format csv, header);
