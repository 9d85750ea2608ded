-- What campaigns cost, whoever tells it. One row per version of a campaign's day.
with

-- Files give minor units, tools decimal major ones.
told as (

    select
        'ads' as source, spend_id, cast(null as timestamp) as updated_at, is_deleted, version_key,
        batch_id, campaign_id, campaign_name, spent_on, currency, cost_cents,
        cast(null as decimal(18, 6)) as cost, impressions, clicks
    from {{ ref('stg_ads__spend') }}
    union all
    select
        'google_ads', spend_id, updated_at, is_deleted, version_key,
        batch_id, campaign_id, campaign_name, spent_on, currency, null,
        cast(cost_micros as decimal(18, 0)) * 0.000001, impressions, clicks
    from {{ ref('stg_google_ads__campaign_days') }}
    union all
    select
        'meta_ads', spend_id, updated_at, is_deleted, version_key,
        batch_id, campaign_id, campaign_name, spent_on, currency, null, cost, impressions, clicks
    from {{ ref('stg_meta_ads__campaign_days') }}

)

select
    told.source,
    told.spend_id,
    told.updated_at,
    told.is_deleted,
    told.version_key,
    told.batch_id,
    told.campaign_id,
    told.campaign_name,
    told.spent_on,
    told.currency,
    coalesce(
        told.cost_cents,
        cast(round(told.cost * power(10, coalesce(currencies.minor_digits, 2))) as bigint)
    ) as cost_cents,
    told.impressions,
    told.clicks
from told
left join {{ ref('currencies') }} as currencies on told.currency = currencies.currency
