-- What the shop sells and where its visitors come from.

create macro major_units(cents) as (cents / 100)::decimal(18, 2);

create table products as
select
    product,
    'sku_' || product as product_id,
    pick(['Alpine', 'Harbour', 'Meadow', 'Urban', 'Coastal', 'Ember'], product, 'line')
    || ' '
    || pick(['Jacket', 'Boots', 'Lamp', 'Novel', 'Pack', 'Kettle', 'Chair'], product, 'thing')
    || ' ' || product as product_name,
    pick(
        ['Outdoor', 'Shoes', 'Home', 'Books', 'Bags', 'Kitchen', 'Furniture'], product, 'thing'
    ) as category,
    -- log-normal, median about 27 currency units (Box-Muller makes a normal of two uniforms)
    (
        100 * exp(
            3.3 + 0.7 * sqrt(-2 * ln(1 - roll(product, 'radius')))
            * cos(2 * pi() * roll(product, 'angle'))
        )
    )::bigint as price_cents,
from (select range as product from range(501));

-- The few popular products get most of the interest.
create macro product_seen(session_id, item)
    as (500 * roll(session_id, item, 'product') ** 2)::bigint;
create macro quantity_added(session_id, item)
    as pick([1, 1, 1, 1, 2, 2, 3], session_id, item, 'quantity');

-- Newsletters are numbered from 1000, one each week since the first Monday of 2020.
create macro newsletter_week(moment)
    as 1000 + date_diff('day', date '2020-01-06', moment::date) // 7;

-- Paid campaigns run in one currency each, so that their return needs no exchange rate.
create table campaigns as
select
    campaign_number,
    'c_' || (100 + campaign_number) as campaign_id,
    theme || ' ' || case currency when 'USD' then 'US' when 'GBP' then 'UK' else 'EU' end
        as campaign_name,
    source,
    medium,
    currency,
    cents_per_click,
from (
    select
        currency_number * 6 + theme_number as campaign_number,
        ['USD', 'GBP', 'EUR'][1 + currency_number] as currency,
        [
            'Brand search', 'Generic search', 'Autumn social', 'Retargeting', 'Short video',
            'Partners',
        ][1 + theme_number] as theme,
        ['google', 'google', 'facebook', 'criteo', 'tiktok', 'awin'][1 + theme_number] as source,
        ['cpc', 'cpc', 'social', 'display', 'video', 'affiliate'][1 + theme_number] as medium,
        [45, 120, 80, 60, 35, 95][1 + theme_number] as cents_per_click,
    from (select range as currency_number from range(3))
    cross join (select range as theme_number from range(6))
)
union all
-- One newsletter a week; nobody bids for it.
select
    1000 + week,
    'newsletter_' || strftime(starts_on, '%G_w%V'),
    'Newsletter ' || strftime(starts_on, '%G week %V'),
    'newsletter',
    'email',
    null,
    0,
from (
    select
        range as week,
        date '2020-01-06' + to_days((7 * range)::int) as starts_on,
    from range(newsletter_week(window_start()) - 1000, newsletter_week(window_end()) - 999)
);
