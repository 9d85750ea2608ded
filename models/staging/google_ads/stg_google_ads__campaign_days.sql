-- What campaigns of Google Ads cost. One row per version of a campaign's day.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('google_ads', 'campaign_days') }}
    where {{ is_new() }}

),

parsed as (

    select
        *,
        {{ json_struct('record', {
            'customer': ['id', 'currencyCode'], 'campaign': ['id', 'name'],
            'segments': ['date'], 'metrics': ['costMicros', 'impressions', 'clicks'],
        }) }} as fields
    from source

),

renamed as (

    select
        record_id as spend_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        fields.customer.id as account_id,
        fields.campaign.id as campaign_id,
        nullif(trim(fields.campaign.name), '') as campaign_name,
        try_cast(fields.segments.date as date) as spent_on,
        upper(fields.customer.currencycode) as currency,
        try_cast(fields.metrics.costmicros as bigint) as cost_micros,
        try_cast(fields.metrics.impressions as bigint) as impressions,
        try_cast(fields.metrics.clicks as bigint) as clicks
    from parsed

)

select * from renamed
