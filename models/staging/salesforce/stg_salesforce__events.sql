-- Events in the calendars of Salesforce, without their text. One row per version of an event.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('salesforce', 'event') }}
    where {{ is_new() }}

),

parsed as (

    select
        *,
        {{ json_struct('record', [
                'Subject', 'StartDateTime', 'EndDateTime', 'WhoId', 'WhatId', 'CreatedDate',
            ]) }} as fields
    from source

),

renamed as (

    select
        record_id as event_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        nullif(trim(fields.subject), '') as subject,
        {{ utc('fields.startdatetime') }} as occurred_at,
        {{ utc('fields.enddatetime') }} as ended_at,
        -- The first three characters of an id tell the object.
        case when fields.whoid like '003%' then fields.whoid end as contact_id,
        case when fields.whoid like '00Q%' then fields.whoid end as lead_id,
        case when fields.whatid like '006%' then fields.whatid end as opportunity_id,
        case when fields.whatid like '001%' then fields.whatid end as account_id,
        {{ utc('fields.createddate') }} as created_at
    from parsed

)

select * from renamed
