-- Tasks of Salesforce, which keeps calls and e-mails as tasks too. One row per version of a task.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('salesforce', 'task') }}
    where {{ is_new() }}

),

parsed as (

    select
        *,
        {{ json_struct('record', [
                'Subject', 'TaskSubtype', 'CallType', 'Status', 'WhoId', 'WhatId',
                'ActivityDate', 'CompletedDateTime', 'CreatedDate',
            ]) }} as fields
    from source

),

renamed as (

    select
        record_id as task_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        case lower(fields.tasksubtype)
            when 'call' then 'call'
            when 'email' then 'email'
            when 'listemail' then 'email'
            else 'task'
        end as kind,
        case lower(fields.calltype)
            when 'inbound' then 'inbound'
            when 'outbound' then 'outbound'
        end as direction,
        nullif(trim(fields.subject), '') as subject,
        lower(nullif(trim(fields.status), '')) as status,
        -- A task happens when it is done, and until then is expected on the day that it is due.
        coalesce(
            {{ utc('fields.completeddatetime') }},
            cast(try_cast(fields.activitydate as date) as timestamp),
            {{ utc('fields.createddate') }}
        ) as occurred_at,
        -- The first three characters of an id tell the object.
        case when fields.whoid like '003%' then fields.whoid end as contact_id,
        case when fields.whoid like '00Q%' then fields.whoid end as lead_id,
        case when fields.whatid like '006%' then fields.whatid end as opportunity_id,
        case when fields.whatid like '001%' then fields.whatid end as account_id,
        {{ utc('fields.createddate') }} as created_at
    from parsed

)

select * from renamed
