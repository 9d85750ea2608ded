-- Tasks in HubSpot. One row per version of a task.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('hubspot', 'tasks') }}
    where {{ is_new() }}

),

parsed as (

    select
        *,
        {{ json_struct('record', {'createdAt': '', 'properties': [
                'hs_timestamp', 'hs_task_subject', 'hs_task_status', 'hs_task_completion_date',
            ]}) }} as fields
    from source

),

renamed as (

    select
        record_id as task_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        nullif(trim(fields.properties.hs_task_subject), '') as subject,
        lower(nullif(trim(fields.properties.hs_task_status), '')) as status,
        -- A task happens when it is done, and until then is expected on the day that it is due.
        coalesce(
            {{ utc('fields.properties.hs_task_completion_date') }},
            {{ utc('fields.properties.hs_timestamp') }}
        ) as occurred_at,
        {{ json_text('record', 'associations.contacts.results[0].id') }} as contact_id,
        {{ json_text('record', 'associations.deals.results[0].id') }} as deal_id,
        {{ utc('fields.createdat') }} as created_at
    from parsed

)

select * from renamed
