-- Questions to support as they are today. One row per ticket and step of it.
{{ config(materialized='view') }}

with

latest as (

    select
        *,
        concat(source, '/', record_id) as ticket_id
    from {{ ref('stg_support__tickets') }}
    qualify
        row_number() over (
            partition by source, record_id order by updated_at desc, version_key desc
        ) = 1

),

steps as (

    select
        source, contact_record_id, ticket_id, 'created' as step, subject,
        cast(null as integer) as satisfaction, created_at as occurred_at, batch_id
    from latest
    where not is_deleted and created_at is not null
    union all
    select
        source, contact_record_id, ticket_id, 'solved', subject, satisfaction, solved_at, batch_id
    from latest
    where not is_deleted and solved_at is not null

)

select
    concat(steps.ticket_id, '/', steps.step) as interaction_id,
    steps.ticket_id,
    people.node_id,
    steps.step,
    steps.subject,
    steps.satisfaction,
    steps.occurred_at,
    steps.batch_id
from steps
left join {{ ref('customer_ids') }} as people
    on {{ is_named_by('steps.source', 'steps.contact_record_id') }}
