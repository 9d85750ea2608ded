-- Notes in HubSpot, without their text. One row per version of a note.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('hubspot', 'notes') }}
    where {{ is_new() }}

),

parsed as (

    select
        *,
        {{ json_struct('record', {'createdAt': '', 'properties': [
                'hs_timestamp',
            ]}) }} as fields
    from source

),

renamed as (

    select
        record_id as note_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        {{ utc('fields.properties.hs_timestamp') }} as occurred_at,
        {{ json_text('record', 'associations.contacts.results[0].id') }} as contact_id,
        {{ json_text('record', 'associations.deals.results[0].id') }} as deal_id,
        {{ utc('fields.createdat') }} as created_at
    from parsed

)

select * from renamed
