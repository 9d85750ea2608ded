-- Moments at which a campaign reached a person or brought them here. One row per touch.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

events as (

    select * from {{ ref('events') }}
    where
        campaign_id is not null
        and event_name not in ('Order Completed', 'Order Refunded')
        and {{ is_new() }}

),

channels as (

    select * from {{ ref('channels') }}

),

-- What the tools tell that send e-mail.
emails as (

    select
        emails.*,
        people.node_id
    from {{ ref('stg_email__events') }} as emails
    left join {{ ref('customer_ids') }} as people
        on {{ is_named_by('emails.source', 'emails.contact_record_id') }}
    where emails.campaign_id is not null and {{ is_new('emails.batch_id') }}

)

select
    events.event_id as touch_id,
    events.node_id,
    events.campaign_id,
    coalesce(events.campaign_name, events.campaign_id) as campaign_name,
    coalesce(channels.channel, events.campaign_medium, events.channel, 'unknown') as channel,
    events.event_name,
    -- Reaching somebody is not the same as bringing them here: only the latter earns credit.
    events.event_name not in (
        'Email Delivered', 'Email Opened', 'Unsubscribed', 'Promotion Delivered'
    ) as is_response,
    events.occurred_at as touched_at,
    events.batch_id
from events
left join channels
    on
        events.campaign_source = channels.source
        and events.campaign_medium = channels.medium
union all
select
    event_id as touch_id,
    node_id,
    campaign_id,
    coalesce(campaign_name, campaign_id) as campaign_name,
    'email' as channel,
    event_name,
    event_name = 'Email Link Clicked' as is_response,
    occurred_at as touched_at,
    batch_id
from emails
