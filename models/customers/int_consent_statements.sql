-- What people said about being contacted, and unsubscribing is saying no. One row per statement.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

events as (

    select * from {{ ref('events') }}
    where
        event_name in ('Consent Preference Updated', 'Unsubscribed')
        and node_id is not null
        and {{ is_new() }}

),

preferences as (

    select
        events.event_id,
        events.node_id,
        categories.purpose,
        categories.channel,
        {{ json_text_at(
            'events.context', "concat('$.consent.categoryPreferences.', categories.category)"
        ) }} as preference,
        events.occurred_at
    from events
    cross join {{ ref('consent_categories') }} as categories
    where events.event_name = 'Consent Preference Updated'

),

unsubscriptions as (

    select
        event_id,
        node_id,
        'marketing' as purpose,
        'email' as channel,
        'false' as preference,
        occurred_at
    from events
    where event_name = 'Unsubscribed'
    union all
    -- Whom no identifier names is kept away from e-mail by the tool that sends it.
    select
        emails.event_id,
        people.node_id,
        'marketing',
        'email',
        'false',
        emails.occurred_at
    from {{ ref('stg_email__events') }} as emails
    inner join {{ ref('customer_ids') }} as people
        on {{ is_named_by('emails.source', 'emails.contact_record_id') }}
    where emails.event_name = 'Unsubscribed' and {{ is_new('emails.batch_id') }}

)

select
    event_id,
    node_id,
    purpose,
    channel,
    preference = 'true' as is_granted,
    occurred_at as stated_at
from preferences
where preference is not null
union all
select
    event_id,
    node_id,
    purpose,
    channel,
    preference = 'true' as is_granted,
    occurred_at as stated_at
from unsubscriptions
