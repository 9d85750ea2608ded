-- By each model, credit adds up to the orders that have a customer, in number and in money.
{{ config(meta={'dagster': {'ref': {'name': 'credited_conversions'}}}) }}
with

orders as (

    select
        count(*) as conversions,
        coalesce(sum(orders.reporting_revenue_cents), 0) as revenue_cents
    from {{ ref('orders') }} as orders
    inner join {{ ref('customer_ids') }} as customer_ids on orders.node_id = customer_ids.node_id

),

credited as (

    select
        model,
        sum(credited_conversions) as conversions,
        sum(credited_revenue_cents) as revenue_cents
    from {{ ref('credited_conversions') }}
    group by model

),

-- A model that credits nothing at all must show as well.
models as (

    select 'first touch' as model
    union
    select 'last touch' as model
    union
    select model from credited

)

select
    models.model,
    orders.conversions as orders,
    orders.revenue_cents,
    credited.conversions as credited_conversions,
    credited.revenue_cents as credited_revenue_cents
from models
cross join orders
left join credited on models.model = credited.model
where
    orders.conversions <> coalesce(credited.conversions, 0)
    or orders.revenue_cents <> coalesce(credited.revenue_cents, 0)
