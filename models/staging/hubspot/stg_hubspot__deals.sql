-- Deals of HubSpot. One row per version of a deal.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('hubspot', 'deals') }}
    where {{ is_new() }}

),

renamed as (

    select
        record_id as deal_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        {{ json_text('record', 'properties.dealname') }} as deal_name,
        {{ json_text('record', 'properties.dealstage') }} as stage,
        try_cast({{ json_text('record', 'properties.amount') }} as decimal(18, 4)) as amount,
        upper({{ json_text('record', 'properties.deal_currency_code') }}) as currency,
        {{ json_text('record', 'associations.contacts.results[0].id') }} as contact_id,
        {{ utc(json_text('record', 'properties.createdate')) }} as created_at,
        cast({{ utc(json_text('record', 'properties.closedate')) }} as date) as closes_on
    from source

)

select * from renamed
