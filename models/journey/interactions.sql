-- Contacts with a person: e-mails, calls, meetings, tickets, mailings. One row per step of one.
{{ config(
    materialized='incremental', incremental_strategy='replace_interactions',
    unique_key='interaction_id'
) }}

with

events as (

    select * from {{ ref('events') }}
    where {{ is_new() }}

),

catalog as (

    select * from {{ ref('event_catalog') }}
    where interaction_kind is not null

),

-- What sales held with a person. Tasks and notes are the company's own; what fell through is none.
activities as (

    select * from {{ ref('crm_activities') }}
    where
        kind in ('email', 'call', 'meeting')
        and is_done is distinct from false
        and occurred_at is not null
        and activity_id in ({{ touched_activities() }})

),

tickets as (

    select * from {{ ref('int_ticket_steps') }}
    where ticket_id in ({{ touched_tickets() }})

),

-- What the tools tell that send e-mail.
emails as (

    select
        emails.*,
        people.node_id
    from {{ ref('stg_email__events') }} as emails
    left join {{ ref('customer_ids') }} as people
        on {{ is_named_by('emails.source', 'emails.contact_record_id') }}
    where {{ is_new('emails.batch_id') }}

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
union all
select
    activity_id as interaction_id,
    node_id,
    kind,
    'logged',
    activity_id as subject_id,
    subject,
    null,
    occurred_at,
    batch_id
from activities
union all
select
    emails.event_id as interaction_id,
    emails.node_id,
    catalog.interaction_kind as kind,
    catalog.interaction_step as step,
    emails.campaign_id as subject_id,
    coalesce(emails.subject, emails.campaign_name),
    null,
    emails.occurred_at,
    emails.batch_id
from emails
inner join catalog on emails.event_name = catalog.event_name
union all
select
    interaction_id, node_id, 'ticket', step, ticket_id, subject, satisfaction, occurred_at, batch_id
from tickets
