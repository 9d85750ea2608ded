-- Calls, e-mails, meetings, tasks and notes as CRMs have them today. One row per activity.
{{ config(
    materialized='incremental', incremental_strategy='replace_activities', unique_key='activity_id'
) }}

with

touched as (

    {{ touched_activities() }}

),

versions as (

    select
        *,
        concat(source, '/', record_id) as activity_id
    from {{ ref('stg_crm__activities') }}

),

latest as (

    select * from versions
    where activity_id in (select activity_id from touched)
    qualify
        row_number() over (
            partition by activity_id order by updated_at desc, version_key desc
        ) = 1

)

select
    latest.activity_id,
    latest.source,
    latest.kind,
    latest.direction,
    latest.subject,
    latest.status,
    latest.is_done,
    people.node_id,
    latest.source || '/' || latest.deal_record_id as deal_id,
    latest.occurred_at,
    latest.created_at,
    latest.updated_at,
    latest.batch_id
from latest
left join {{ ref('customer_ids') }} as people
    on {{ is_named_by('latest.source', 'latest.contact_record_id') }}
where not latest.is_deleted
