-- What each campaign cost and brought. One row per campaign and day.
with

spend_versions as (

    select
        *,
        row_number() over (
            partition by source, spend_id order by batch_id desc, updated_at desc, version_key desc
        ) as age
    from {{ ref('stg_spend__days') }}

),

spend as (

    select
        spend_versions.campaign_id,
        spend_versions.spent_on as day,
        max(spend_versions.campaign_name) as campaign_name,
        sum(spend_versions.impressions) as impressions,
        sum(spend_versions.clicks) as clicks,
        sum(cast(round(
            spend_versions.cost_cents * coalesce(currencies.reporting_units, 0)
            * power(10, 2 - coalesce(currencies.minor_digits, 2))
        ) as bigint)) as cost_cents
    from spend_versions
    left join {{ ref('currencies') }} as currencies
        on spend_versions.currency = currencies.currency
    where
        spend_versions.age = 1 and not spend_versions.is_deleted
        and spend_versions.spent_on is not null
        and spend_versions.campaign_id is not null
    group by spend_versions.campaign_id, spend_versions.spent_on

),

touches as (

    select
        campaign_id,
        cast(touched_at as date) as day,
        max(campaign_name) as campaign_name,
        count(*) as touches,
        count_if(is_response) as responses
    from {{ ref('touches') }}
    group by campaign_id, cast(touched_at as date)

),

credit as (

    select
        campaign_id,
        cast(converted_at as date) as day,
        sum(case when model = 'first touch' then credited_conversions else 0 end)
            as first_touch_conversions,
        sum(case when model = 'first touch' then credited_revenue_cents else 0 end)
            as first_touch_revenue_cents,
        sum(case when model = 'last touch' then credited_conversions else 0 end)
            as last_touch_conversions,
        sum(case when model = 'last touch' then credited_revenue_cents else 0 end)
            as last_touch_revenue_cents
    from {{ ref('credited_conversions') }}
    group by campaign_id, cast(converted_at as date)

),

days as (

    select campaign_id, day from spend
    union
    select campaign_id, day from touches
    union
    select campaign_id, day from credit

),

names as (

    select
        campaign_id,
        min(campaign_name) as campaign_name
    from (
        select campaign_id, campaign_name from spend
        union all
        select campaign_id, campaign_name from touches
    ) as named
    group by campaign_id

)

select
    days.campaign_id,
    days.day,
    coalesce(names.campaign_name, days.campaign_id) as campaign_name,
    cast(coalesce(spend.cost_cents, 0) as bigint) as cost_cents,
    cast(coalesce(spend.impressions, 0) as bigint) as impressions,
    cast(coalesce(spend.clicks, 0) as bigint) as clicks,
    cast(coalesce(touches.touches, 0) as bigint) as touches,
    cast(coalesce(touches.responses, 0) as bigint) as responses,
    cast(coalesce(credit.first_touch_conversions, 0) as bigint) as first_touch_conversions,
    cast(coalesce(credit.first_touch_revenue_cents, 0) as bigint) as first_touch_revenue_cents,
    cast(coalesce(credit.last_touch_conversions, 0) as bigint) as last_touch_conversions,
    cast(coalesce(credit.last_touch_revenue_cents, 0) as bigint) as last_touch_revenue_cents
from days
left join names on days.campaign_id = names.campaign_id
left join spend on days.campaign_id = spend.campaign_id and days.day = spend.day
left join touches on days.campaign_id = touches.campaign_id and days.day = touches.day
left join credit on days.campaign_id = credit.campaign_id and days.day = credit.day
