-- What tills and shop systems tell of purchases and refunds. One row per version of each.
{{ config(materialized='view') }}

with

sales as (

    select * from {{ ref('stg_retail__sales') }}
    where sold_at is not null and total is not null and not is_deleted

),

-- An order that was called off is paid back whole, also where nothing had been paid yet.
orders as (

    select
        orders.*,
        case when cancelled_at is not null then total else refunded end as paid_back,
        concat(cast(updated_at as varchar), '/', version_key) as version
    from {{ ref('stg_commerce__orders') }} as orders
    where ordered_at is not null and total is not null and not is_deleted

),

reports as (

    select
        'retail' as source,
        identity_key,
        -- Versions of a receipt in the order in which the till wrote them.
        concat(
            'retail/', sale_id, '/', cast(updated_at as varchar), '/', version_key
        ) as event_id,
        concat('retail/', sale_id) as report_id,
        is_return as is_refund,
        sold_at as occurred_at,
        order_id,
        currency,
        abs(total) as total,
        abs(revenue) as revenue,
        coupon,
        0 as lines,
        units,
        1 as refunds,
        cast(null as timestamp) as revised_at,
        batch_id
    from sales
    union all
    select
        source, identity_key, concat(source, '/order/', order_id, '/', version),
        concat(source, '/order/', order_id), false, ordered_at, order_id, currency, total, revenue,
        coupon, lines, units, 0, updated_at, batch_id
    from orders
    union all
    select
        source, identity_key, concat(source, '/refund/', order_id, '/', version),
        concat(source, '/refund/', order_id), true, coalesce(refunded_at, cancelled_at), order_id,
        currency, paid_back, null, null, 0, 0, greatest(refunds, 1), updated_at, batch_id
    from orders
    where paid_back > 0

)

select
    reports.event_id,
    reports.report_id,
    records.node_id,
    reports.is_refund,
    reports.occurred_at,
    reports.order_id,
    coalesce(reports.currency, '{{ var("reporting_currency") }}') as currency,
    reports.total,
    reports.revenue,
    reports.coupon,
    reports.lines,
    coalesce(reports.units, 0) as units,
    reports.refunds,
    reports.revised_at,
    reports.batch_id
from reports
left join {{ ref('source_records') }} as records
    on reports.source = records.source and reports.identity_key = records.record_id
