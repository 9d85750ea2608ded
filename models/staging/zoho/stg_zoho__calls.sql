-- Calls of Zoho CRM, without what was said. One row per version of a call.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('zoho', 'calls') }}
    where {{ is_new() }}

),

parsed as (

    select
        *,
        {{ json_struct('record', {
            'Subject': none, 'Call_Type': none, 'Call_Start_Time': none, 'Call_Duration': none,
            'Who_Id': ['id'], 'What_Id': ['id'], 'Created_Time': none,
        }) }} as fields
    from source

),

renamed as (

    select
        record_id as call_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        nullif(trim(fields.subject), '') as subject,
        nullif(trim(fields.call_type), '') as call_type,
        {{ utc('fields.call_start_time') }} as started_at,
        nullif(trim(fields.call_duration), '') as duration,
        fields.who_id.id as contact_id,
        case
            when {{ json_text('record', '"$se_module"') }} = 'Deals' then fields.what_id.id
        end as deal_id,
        {{ utc('fields.created_time') }} as created_at
    from parsed

)

select * from renamed
