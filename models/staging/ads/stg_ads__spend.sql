-- What campaigns cost. One row per version of a campaign's day.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('ads', 'spend') }}
    where {{ is_new() }}

),

renamed as (

    select
        record_id as spend_id,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        {{ json_text('record', 'campaign_id') }} as campaign_id,
        {{ json_text('record', 'campaign_name') }} as campaign_name,
        {{ json_text('record', 'channel') }} as channel,
        try_cast({{ json_text('record', 'spent_on') }} as date) as spent_on,
        upper({{ json_text('record', 'currency') }}) as currency,
        try_cast({{ json_text('record', 'cost_cents') }} as bigint) as cost_cents,
        try_cast({{ json_text('record', 'impressions') }} as bigint) as impressions,
        try_cast({{ json_text('record', 'clicks') }} as bigint) as clicks
    from source

)

select * from renamed
