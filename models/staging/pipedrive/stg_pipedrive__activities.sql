-- Activities of Pipedrive, without what was said. One row per version of an activity.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('pipedrive', 'activities') }}
    where {{ is_new() }}

),

parsed as (

    select
        *,
        {{ json_struct('record', [
                'type', 'subject', 'done', 'due_date', 'due_time', 'marked_as_done_time',
                'person_id', 'org_id', 'deal_id', 'lead_id', 'add_time',
            ]) }} as fields
    from source

),

renamed as (

    select
        record_id as activity_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        nullif(trim(fields.type), '') as activity_type,
        nullif(trim(fields.subject), '') as subject,
        coalesce(fields.done = 'true', false) as is_done,
        {{ utc('fields.marked_as_done_time') }} as done_at,
        -- An activity without a time of day is due as the day begins.
        {{ utc("concat(fields.due_date, 'T', substr(concat(
                coalesce(nullif(fields.due_time, ''), '00:00'), ':00'), 1, 8), 'Z')") }} as due_at,
        fields.person_id,
        fields.org_id as organization_id,
        fields.deal_id,
        fields.lead_id,
        {{ utc('fields.add_time') }} as created_at
    from parsed

)

select * from renamed
