-- Calls logged in HubSpot. One row per version of a call.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('hubspot', 'calls') }}
    where {{ is_new() }}

),

parsed as (

    select
        *,
        {{ json_struct('record', {'createdAt': '', 'properties': [
                'hs_timestamp', 'hs_call_title', 'hs_call_direction', 'hs_call_status',
            ]}) }} as fields
    from source

),

renamed as (

    select
        record_id as call_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        nullif(trim(fields.properties.hs_call_title), '') as subject,
        lower(nullif(trim(fields.properties.hs_call_direction), '')) as direction,
        lower(nullif(trim(fields.properties.hs_call_status), '')) as status,
        {{ utc('fields.properties.hs_timestamp') }} as occurred_at,
        {{ json_text('record', 'associations.contacts.results[0].id') }} as contact_id,
        {{ json_text('record', 'associations.deals.results[0].id') }} as deal_id,
        {{ utc('fields.createdat') }} as created_at
    from parsed

)

select * from renamed
