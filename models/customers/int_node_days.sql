-- What one identifier did on one day, as far as one batch told. One row per node, day and batch.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

events as (

    select * from {{ ref('events') }}
    where
        node_id is not null
        and {{ is_new() }}

),

catalog as (

    select * from {{ ref('event_catalog') }}

),

-- Who bought in a shop was there that day.
sales as (

    select
        records.node_id,
        sales.sold_at,
        sales.batch_id
    from {{ ref('stg_retail__sales') }} as sales
    inner join {{ ref('source_records') }} as records
        on records.source = 'retail' and sales.identity_key = records.record_id
    where
        sales.sold_at is not null
        and not sales.is_deleted
        and {{ is_new('sales.batch_id') }}

)

select
    events.node_id,
    cast(events.occurred_at as date) as day,
    events.batch_id,
    min(events.occurred_at) as first_at,
    max(events.occurred_at) as last_at,
    count(*) as events,
    cast(count_if(events.message_type in ('page', 'screen')) as bigint) as page_views,
    cast(count_if(catalog.category = 'product_view') as bigint) as product_views,
    cast(count_if(catalog.category = 'search') as bigint) as searches,
    cast(count_if(catalog.category = 'cart') as bigint) as cart_additions,
    cast(count_if(catalog.category = 'checkout') as bigint) as checkouts,
    cast(count_if(catalog.category = 'coupon') as bigint) as coupons,
    cast(count_if(events.event_name = 'Email Delivered') as bigint) as emails_delivered,
    cast(count_if(events.event_name = 'Email Opened') as bigint) as emails_opened,
    cast(count_if(events.event_name = 'Email Link Clicked') as bigint) as emails_clicked,
    cast(count_if(events.event_name = 'Ticket Created') as bigint) as tickets_created,
    cast(count_if(events.event_name = 'Ticket Solved') as bigint) as tickets_solved,
    cast(count_if(events.event_name = 'Call Logged') as bigint) as calls,
    max(case when catalog.category = 'cart' then events.occurred_at end) as last_cart_at,
    max(case when catalog.category = 'product_view' then events.occurred_at end)
        as last_product_view_at
from events
left join catalog on events.event_name = catalog.event_name
group by events.node_id, cast(events.occurred_at as date), events.batch_id
union all
select
    node_id,
    cast(sold_at as date),
    batch_id,
    min(sold_at),
    max(sold_at),
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    null, null
from sales
group by node_id, cast(sold_at as date), batch_id
