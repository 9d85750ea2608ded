-- Revenue first reported = revenue of orders = revenue of customers and of orders of no customer.
{{ config(group='journey', meta={'dagster': {'ref': {'name': 'orders'}}}) }}

with

reports as (

    select
        order_id,
        cast(round(revenue_cents * reporting_rate) as bigint) as revenue_cents,
        row_number() over (partition by order_id order by occurred_at asc, event_id asc) as report
    from {{ ref('int_order_events') }}
    where not is_refund

),

reported as (

    select coalesce(sum(revenue_cents), 0) as revenue_cents
    from reports
    where report = 1

),

ordered as (

    select coalesce(sum(reporting_revenue_cents), 0) as revenue_cents
    from {{ ref('orders') }}

),

earned as (

    select coalesce(sum(revenue_cents), 0) as revenue_cents
    from {{ ref('customers') }}

),

-- Orders that name nobody, or somebody of whom no record is left.
nobodys as (

    select coalesce(sum(orders.reporting_revenue_cents), 0) as revenue_cents
    from {{ ref('orders') }} as orders
    left join {{ ref('customer_ids') }} as customer_ids on orders.node_id = customer_ids.node_id
    left join {{ ref('customers') }} as customers
        on customer_ids.customer_id = customers.customer_id
    where customers.customer_id is null

)

select
    reported.revenue_cents as reported_cents,
    ordered.revenue_cents as ordered_cents,
    earned.revenue_cents as earned_cents,
    nobodys.revenue_cents as nobodys_cents
from reported
cross join ordered
cross join earned
cross join nobodys
where
    reported.revenue_cents <> ordered.revenue_cents
    or ordered.revenue_cents <> earned.revenue_cents + nobodys.revenue_cents
