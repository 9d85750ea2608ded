-- What campaigns of Meta Ads cost. One row per version of a campaign's day.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('meta_ads', 'campaign_days') }}
    where {{ is_new() }}

),

parsed as (

    select
        *,
        {{ json_struct('record', [
            'account_id', 'account_currency', 'campaign_id', 'campaign_name', 'date_start',
            'spend', 'impressions', 'clicks',
        ]) }} as fields
    from source

),

renamed as (

    select
        record_id as spend_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        fields.account_id,
        fields.campaign_id,
        nullif(trim(fields.campaign_name), '') as campaign_name,
        try_cast(fields.date_start as date) as spent_on,
        upper(fields.account_currency) as currency,
        try_cast(fields.spend as decimal(18, 4)) as cost,
        try_cast(fields.impressions as bigint) as impressions,
        try_cast(fields.clicks as bigint) as clicks
    from parsed

)

select * from renamed
