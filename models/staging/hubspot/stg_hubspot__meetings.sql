-- Meetings in HubSpot. One row per version of a meeting.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('hubspot', 'meetings') }}
    where {{ is_new() }}

),

parsed as (

    select
        *,
        {{ json_struct('record', {'createdAt': '', 'properties': [
                'hs_timestamp', 'hs_meeting_title', 'hs_meeting_start_time',
                'hs_meeting_outcome',
            ]}) }} as fields
    from source

),

renamed as (

    select
        record_id as meeting_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        nullif(trim(fields.properties.hs_meeting_title), '') as subject,
        lower(nullif(trim(fields.properties.hs_meeting_outcome), '')) as status,
        coalesce(
            {{ utc('fields.properties.hs_meeting_start_time') }},
            {{ utc('fields.properties.hs_timestamp') }}
        ) as occurred_at,
        {{ json_text('record', 'associations.contacts.results[0].id') }} as contact_id,
        {{ json_text('record', 'associations.deals.results[0].id') }} as deal_id,
        {{ utc('fields.createdat') }} as created_at
    from parsed

)

select * from renamed
