-- The days of campaigns hold all credit, by each model.
{{ config(meta={'dagster': {'ref': {'name': 'campaign_performance'}}}) }}
with

days as (

    select
        coalesce(sum(first_touch_conversions), 0) as first_touch_conversions,
        coalesce(sum(first_touch_revenue_cents), 0) as first_touch_revenue_cents,
        coalesce(sum(last_touch_conversions), 0) as last_touch_conversions,
        coalesce(sum(last_touch_revenue_cents), 0) as last_touch_revenue_cents
    from {{ ref('campaign_performance') }}

),

credited as (

    select
        coalesce(sum(case when model = 'first touch' then credited_conversions end), 0)
            as first_touch_conversions,
        coalesce(sum(case when model = 'first touch' then credited_revenue_cents end), 0)
            as first_touch_revenue_cents,
        coalesce(sum(case when model = 'last touch' then credited_conversions end), 0)
            as last_touch_conversions,
        coalesce(sum(case when model = 'last touch' then credited_revenue_cents end), 0)
            as last_touch_revenue_cents
    from {{ ref('credited_conversions') }}

)

select * from days
except
select * from credited
