-- Which campaign gets credit for an order, by two models. One row per order and model.
{{ config(materialized='incremental', incremental_strategy='replace_touched') }}

with

people as (

    select
        node_id,
        customer_id
    from {{ ref('customer_ids') }}
    where customer_id in ({{ touched_customers() }})

),

orders as (

    select
        people.customer_id,
        orders.*
    from {{ ref('orders') }} as orders
    inner join people on orders.node_id = people.node_id

),

touches as (

    select
        people.customer_id,
        touches.*
    from {{ ref('touches') }} as touches
    inner join people on touches.node_id = people.node_id
    where touches.is_response

),

eligible as (

    select
        orders.order_id,
        touches.touch_id,
        touches.campaign_id,
        row_number() over (
            partition by orders.order_id order by touches.touched_at asc, touches.touch_id asc
        ) as from_first,
        row_number() over (
            partition by orders.order_id order by touches.touched_at desc, touches.touch_id desc
        ) as from_last
    from orders
    inner join touches
        on
            orders.customer_id = touches.customer_id
            and orders.ordered_at >= touches.touched_at
            and touches.touched_at > orders.ordered_at - interval {{ var('attribution_days') }} day

),

models as (

    select 'first touch' as model
    union all
    select 'last touch' as model

),

-- A row for each model: as a condition of the outer join, "or" would compare all with all.
chosen as (

    select
        order_id,
        'first touch' as model,
        touch_id,
        campaign_id
    from eligible
    where from_first = 1
    union all
    select
        order_id,
        'last touch' as model,
        touch_id,
        campaign_id
    from eligible
    where from_last = 1

),

credited as (

    select
        orders.order_id,
        models.model,
        orders.customer_id,
        chosen.touch_id,
        -- An order that no campaign brought is credited to none, so that credit is never lost.
        coalesce(chosen.campaign_id, 'none') as campaign_id,
        orders.ordered_at as converted_at,
        orders.reporting_revenue_cents as credited_revenue_cents,
        1 as credited_conversions
    from orders
    cross join models
    left join chosen
        on
            orders.order_id = chosen.order_id
            and models.model = chosen.model

)

select * from credited
