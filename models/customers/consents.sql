-- What people agreed to; who is not here did not. One row per person, purpose and channel.
{{ config(materialized='incremental', incremental_strategy='replace_touched') }}

with

people as (

    select
        node_id,
        customer_id
    from {{ ref('customer_ids') }}
    where customer_id in ({{ touched_customers() }})

),

statements as (

    select
        node_id, purpose, channel, is_granted, stated_at, 'events' as source,
        event_id as statement_id
    from {{ ref('int_consent_statements') }}
    union all
    -- A CRM's opt-out box denies, also on a record that was merged away since; an empty box grants
    -- nothing.
    select
        node_id, 'marketing', 'email', false, updated_at, source, record_key
    from {{ ref('int_contact_records') }}
    where has_opted_out_of_email and is_last_word

),

ranked as (

    select
        people.customer_id,
        statements.*,
        -- The latest word counts; between two at one moment, the no.
        row_number() over (
            partition by people.customer_id, statements.purpose, statements.channel
            order by
                statements.stated_at desc,
                statements.is_granted asc,
                statements.statement_id asc
        ) as age
    from statements
    inner join people on statements.node_id = people.node_id

)

select
    customer_id,
    purpose,
    channel,
    is_granted,
    stated_at,
    source
from ranked
where age = 1
