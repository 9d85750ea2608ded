-- Contacts with a person: e-mails, calls, tickets, mailings. One row per step of one.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

events as (

    select * from {{ ref('events') }}
    where {{ is_new() }}

),

catalog as (

    select * from {{ ref('event_catalog') }}
    where interaction_kind is not null

)

select
    events.event_id as interaction_id,
    events.node_id,
    catalog.interaction_kind as kind,
    catalog.interaction_step as step,
    coalesce(
        {{ json_text('events.properties', 'ticket_id') }},
        {{ json_text('events.properties', 'call_id') }},
        events.campaign_id
    ) as subject_id,
    coalesce(
        {{ json_text('events.properties', 'subject') }},
        {{ json_text('events.properties', 'email_subject') }},
        events.campaign_name
    ) as subject,
    try_cast({{ json_text('events.properties', 'csat') }} as integer) as satisfaction,
    events.occurred_at,
    events.batch_id
from events
inner join catalog on events.event_name = catalog.event_name
