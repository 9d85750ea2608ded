-- Tickets of Zendesk. One row per version of a ticket.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('zendesk', 'tickets') }}
    where {{ is_new() }}

),

parsed as (

    select
        *,
        {{ json_struct('record', {
            'subject': none, 'status': none, 'priority': none, 'requester_id': none,
            'created_at': none, 'metric_set': ['solved_at'], 'satisfaction_rating': ['score'],
        }) }} as fields
    from source

),

renamed as (

    select
        record_id as ticket_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        nullif(trim(fields.subject), '') as subject,
        lower(trim(fields.status)) as status,
        lower(trim(fields.priority)) as priority,
        fields.requester_id as user_id,
        fields.satisfaction_rating.score,
        {{ utc('fields.created_at') }} as created_at,
        -- A ticket that was opened again is not solved.
        case
            when lower(trim(fields.status)) in ('solved', 'closed')
                then coalesce({{ utc('fields.metric_set.solved_at') }}, {{ utc('updated_at') }})
        end as solved_at
    from parsed

)

select * from renamed
