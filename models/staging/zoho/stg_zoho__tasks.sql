-- Tasks of Zoho CRM, without what is written in them. One row per version of a task.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('zoho', 'tasks') }}
    where {{ is_new() }}

),

parsed as (

    select
        *,
        {{ json_struct('record', {
            'Subject': none, 'Status': none, 'Due_Date': none, 'Closed_Time': none,
            'Who_Id': ['id'], 'What_Id': ['id'], 'Created_Time': none,
        }) }} as fields
    from source

),

renamed as (

    select
        record_id as task_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        nullif(trim(fields.subject), '') as subject,
        nullif(trim(fields.status), '') as status,
        try_cast(fields.due_date as date) as due_on,
        {{ utc('fields.closed_time') }} as closed_at,
        fields.who_id.id as contact_id,
        case
            when {{ json_text('record', '"$se_module"') }} = 'Deals' then fields.what_id.id
        end as deal_id,
        {{ utc('fields.created_time') }} as created_at
    from parsed

)

select * from renamed
