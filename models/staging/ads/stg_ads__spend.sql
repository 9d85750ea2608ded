-- What campaigns cost. One row per version of a campaign's day.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('ads', 'spend') }}
    where {{ is_new() }}

),

parsed as (

    select
        *,
        {{ json_struct('record', [
                'campaign_id', 'campaign_name', 'channel', 'spent_on', 'currency',
                'cost_cents', 'impressions', 'clicks',
            ]) }} as fields
    from source

),

renamed as (

    select
        record_id as spend_id,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        fields.campaign_id,
        fields.campaign_name,
        fields.channel,
        try_cast(fields.spent_on as date) as spent_on,
        upper(fields.currency) as currency,
        try_cast(fields.cost_cents as bigint) as cost_cents,
        try_cast(fields.impressions as bigint) as impressions,
        try_cast(fields.clicks as bigint) as clicks
    from parsed

)

select * from renamed
