-- Visits, campaigns, deals and consent, rolled up. One row per customer.
{{ config(materialized='incremental', incremental_strategy='replace_touched') }}

with

people as (

    select
        node_id,
        customer_id
    from {{ ref('customer_ids') }}
    where customer_id in ({{ touched_customers() }})

),

facts as (

    select
        people.customer_id, 'touch' as kind, touches.touched_at as happened_at,
        touches.touch_id as fact_id, touches.campaign_id, null as outcome, 0 as amount_cents
    from {{ ref('touches') }} as touches
    inner join people on touches.node_id = people.node_id
    where touches.is_response
    union all
    select
        people.customer_id, 'deal', deals.created_at, deals.deal_id,
        null, deals.outcome, deals.reporting_amount_cents
    from {{ ref('crm_deals') }} as deals
    inner join people on deals.node_id = people.node_id
    union all
    select
        customer_id, 'session', started_at, session_id,
        null, null, 0
    from {{ ref('sessions') }}
    where customer_id in (select customer_id from people)

),

ordered as (

    select
        *,
        row_number() over (
            partition by customer_id, kind order by happened_at asc, fact_id asc
        ) as step
    from facts

)

select
    customer_id,
    cast(count_if(kind = 'session') as bigint) as sessions,
    max(case when kind = 'session' then happened_at end) as last_session_at,
    min_by(campaign_id, step) filter (where kind = 'touch') as first_campaign_id,
    max_by(campaign_id, step) filter (where kind = 'touch') as last_campaign_id,
    cast(count_if(kind = 'deal' and outcome = 'open') as bigint) as open_deals,
    cast(coalesce(sum(case when outcome = 'open' then amount_cents end), 0) as bigint)
        as open_deal_cents,
    cast(count_if(kind = 'deal' and outcome = 'won') as bigint) as won_deals
from ordered
group by customer_id
