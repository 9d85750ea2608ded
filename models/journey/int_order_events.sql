-- Purchases and refunds with their amounts. One row per event, and per version of a shop's report.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

order_events as (

    select
        event_id,
        node_id,
        event_name,
        occurred_at,
        properties,
        batch_id
    from {{ ref('events') }}
    where
        event_name in ('Order Completed', 'Order Refunded')
        and {{ is_new() }}

),

amounts as (

    select
        event_id,
        event_id as report_id,
        node_id,
        event_name = 'Order Refunded' as is_refund,
        occurred_at,
        coalesce({{ json_text('properties', 'order_id') }}, event_id) as order_id,
        upper(coalesce(
            {{ json_text('properties', 'currency') }}, '{{ var("reporting_currency") }}'
        )) as currency,
        try_cast({{ json_text('properties', 'total') }} as decimal(18, 4)) as total,
        try_cast({{ json_text('properties', 'revenue') }} as decimal(18, 4)) as revenue,
        {{ json_text('properties', 'coupon') }} as coupon,
        coalesce({{ json_length('properties', 'products') }}, 0) as lines,
        coalesce({{ json_sum('properties', 'products', 'quantity') }}, 0) as units,
        1 as refunds,
        cast(null as timestamp) as revised_at,
        batch_id
    from order_events
    union all
    select
        event_id, report_id, node_id, is_refund, occurred_at, order_id, currency, total, revenue,
        coupon, lines, units, refunds, revised_at, batch_id
    from {{ ref('int_shop_reports') }}
    where {{ is_new() }}

),

minor_units as (

    select
        amounts.event_id,
        amounts.report_id,
        amounts.node_id,
        amounts.is_refund,
        amounts.occurred_at,
        amounts.order_id,
        amounts.currency,
        amounts.coupon,
        amounts.lines,
        amounts.units,
        amounts.refunds,
        amounts.revised_at,
        amounts.batch_id,
        cast(round(
            coalesce(amounts.total, amounts.revenue, 0)
            * power(10, coalesce(currencies.minor_digits, 2))
        ) as bigint) as total_cents,
        cast(round(
            coalesce(amounts.revenue, amounts.total, 0)
            * power(10, coalesce(currencies.minor_digits, 2))
        ) as bigint) as revenue_cents,
        coalesce(currencies.reporting_units, 0)
        * power(10, 2 - coalesce(currencies.minor_digits, 2)) as reporting_rate
    from amounts
    left join {{ ref('currencies') }} as currencies
        on amounts.currency = currencies.currency

)

select * from minor_units
