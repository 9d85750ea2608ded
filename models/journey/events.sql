-- Everything people did, on one timeline over all channels. One row per event.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

messages as (

    select * from {{ ref('stg_events__messages') }}
    where {{ is_new() }}

),

nodes as (

    select
        record_id,
        node_id
    from {{ ref('source_records') }}
    where source = 'events'

)

select
    messages.message_id as event_id,
    nodes.node_id,
    messages.message_type,
    coalesce(messages.event_name, messages.message_type) as event_name,
    messages.channel,
    messages.occurred_at,
    messages.claimed_at,
    messages.sent_at,
    messages.received_at,
    messages.has_corrected_time,
    coalesce(messages.page_path, messages.page_name) as page,
    messages.referrer,
    messages.campaign_id,
    messages.campaign_name,
    messages.campaign_source,
    messages.campaign_medium,
    messages.context,
    messages.properties,
    messages.traits,
    messages.batch_id
from messages
left join nodes on messages.identity_key = nodes.record_id
