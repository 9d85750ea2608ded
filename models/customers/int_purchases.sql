-- What a person bought, in the reporting currency. One row per customer with an order.
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

orders as (

    select
        people.customer_id,
        clock.as_on,
        cast(orders.ordered_at as date) as day,
        orders.*,
        orders.reporting_revenue_cents - orders.reporting_refunded_cents as net_cents
    from {{ ref('orders') }} as orders
    inner join people on orders.node_id = people.node_id
    cross join clock

)

select
    customer_id,
    cast(count(*) as bigint) as orders,
    cast(sum(reporting_revenue_cents) as bigint) as revenue_cents,
    cast(sum(reporting_refunded_cents) as bigint) as refunded_cents,
    cast(round(avg(reporting_revenue_cents)) as bigint) as average_order_cents,
    min(ordered_at) as first_order_at,
    max(ordered_at) as last_order_at,
    cast(count_if({{ within(90) }}) as bigint) as orders_90d,
    cast(coalesce(sum(case when {{ within(90) }} then net_cents end), 0) as bigint)
        as net_revenue_90d_cents,
    -- Five cuts each, as marketing reads them: 5 is best.
    max(case
        when {{ within(7) }} then 5
        when {{ within(30) }} then 4
        when {{ within(90) }} then 3
        when {{ within(180) }} then 2
        else 1
    end) as recency_score,
    case
        when count(*) >= 10 then 5
        when count(*) >= 5 then 4
        when count(*) >= 3 then 3
        when count(*) >= 2 then 2
        else 1
    end as frequency_score,
    case
        when sum(net_cents) >= 100000 then 5
        when sum(net_cents) >= 50000 then 4
        when sum(net_cents) >= 20000 then 3
        when sum(net_cents) >= 5000 then 2
        else 1
    end as monetary_score
from orders
group by customer_id
