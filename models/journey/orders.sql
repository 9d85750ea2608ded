-- Purchases, less what was refunded. One row per order.
{{ config(
    materialized='incremental', incremental_strategy='delete+insert', unique_key='order_id'
) }}

with

touched as (

    select distinct order_id from {{ ref('int_order_events') }}
    where {{ is_new() }}

),

order_events as (

    select
        order_events.*,
        max(order_events.revised_at) over (partition by order_events.order_id) as kept_at
    from {{ ref('int_order_events') }} as order_events
    inner join touched on order_events.order_id = touched.order_id

),

-- A shop's page and its server may both report one order: the first report counts, unless a shop
-- system keeps the order. Then it is as it stands there.
purchases as (

    select
        *,
        row_number() over (
            partition by order_id order by revised_at desc nulls last, occurred_at asc, event_id asc
        ) as report
    from order_events
    where not is_refund

),

-- So does the first version of a receipt that the till wrote again. A shop system tells all that
-- was paid back, so that a message about it says nothing more.
refund_reports as (

    select
        *,
        row_number() over (
            partition by order_id, report_id
            order by revised_at desc nulls last, occurred_at asc, event_id asc
        ) as version
    from order_events
    where is_refund and (kept_at is null or report_id <> event_id)

),

refunds as (

    select
        order_id,
        sum(total_cents) as refunded_cents,
        cast(sum(refunds) as integer) as refunds,
        max(occurred_at) as refunded_at
    from refund_reports
    where version = 1
    group by order_id

)

select
    purchases.order_id,
    purchases.event_id,
    purchases.node_id,
    purchases.occurred_at as ordered_at,
    purchases.currency,
    purchases.total_cents,
    purchases.revenue_cents,
    cast(coalesce(refunds.refunded_cents, 0) as bigint) as refunded_cents,
    cast(round(purchases.revenue_cents * purchases.reporting_rate) as bigint)
        as reporting_revenue_cents,
    cast(round(coalesce(refunds.refunded_cents, 0) * purchases.reporting_rate) as bigint)
        as reporting_refunded_cents,
    coalesce(refunds.refunds, 0) as refunds,
    refunds.refunded_at,
    purchases.lines,
    purchases.units,
    purchases.coupon,
    purchases.batch_id
from purchases
left join refunds on purchases.order_id = refunds.order_id
where purchases.report = 1
