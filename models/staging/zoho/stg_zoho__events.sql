-- Meetings of Zoho CRM, without what is written in them. One row per version of a meeting.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('zoho', 'events') }}
    where {{ is_new() }}

),

parsed as (

    select
        *,
        {{ json_struct('record', {
            'Event_Title': none, 'Start_DateTime': none, 'End_DateTime': none,
            'Who_Id': ['id'], 'What_Id': ['id'], 'Created_Time': none,
        }) }} as fields
    from source

),

renamed as (

    select
        record_id as event_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        nullif(trim(fields.event_title), '') as subject,
        {{ utc('fields.start_datetime') }} as starts_at,
        {{ utc('fields.end_datetime') }} as ends_at,
        fields.who_id.id as contact_id,
        case
            when {{ json_text('record', '"$se_module"') }} = 'Deals' then fields.what_id.id
        end as deal_id,
        {{ utc('fields.created_time') }} as created_at
    from parsed

)

select * from renamed
