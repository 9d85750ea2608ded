-- What a person did, rolled up from their identifiers' days. One row per customer.
{{ config(materialized='incremental', incremental_strategy='replace_touched') }}

with

clock as (

    {{ today() }}

),

people as (

    select
        node_id,
        customer_id
    from {{ ref('customer_ids') }}
    where customer_id in ({{ due_customers() }})

),

days as (

    select
        people.customer_id,
        clock.as_on,
        node_days.*
    from {{ ref('int_node_days') }} as node_days
    inner join people on node_days.node_id = people.node_id
    cross join clock

)

select
    customer_id,
    min(first_at) as first_seen_at,
    max(last_at) as last_seen_at,
    cast(count(distinct day) as bigint) as active_days,
    cast(count(distinct case when {{ within(30) }} then day end) as bigint) as active_days_30d,
    cast(sum(events) as bigint) as events,
    cast(coalesce(sum(case when {{ within(30) }} then events end), 0) as bigint) as events_30d,
    cast(sum(page_views) as bigint) as page_views,
    cast(sum(product_views) as bigint) as product_views,
    cast(coalesce(sum(case when {{ within(30) }} then product_views end), 0) as bigint)
        as product_views_30d,
    cast(sum(searches) as bigint) as searches,
    cast(sum(cart_additions) as bigint) as cart_additions,
    cast(sum(coupons) as bigint) as coupons_redeemed,
    max(last_cart_at) as last_cart_at,
    cast(sum(emails_delivered) as bigint) as emails_delivered,
    cast(coalesce(sum(case when {{ within(90) }} then emails_opened end), 0) as bigint)
        as emails_opened_90d,
    cast(coalesce(sum(case when {{ within(90) }} then emails_clicked end), 0) as bigint)
        as emails_clicked_90d,
    cast(sum(tickets_created) as bigint) as tickets,
    cast(greatest(sum(tickets_created) - sum(tickets_solved), 0) as bigint) as open_tickets,
    cast(sum(calls) as bigint) as calls,
    coalesce(bool_or({{ within(90) }}), false) as is_active_90d
from days
group by customer_id
