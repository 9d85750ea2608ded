-- Web and app events, reduced to what sessions need. One row per event.
{{ config(materialized='incremental', incremental_strategy='append') }}

select
    event_id,
    node_id,
    occurred_at,
    channel,
    message_type in ('page', 'screen') as is_page,
    page,
    referrer,
    campaign_id,
    batch_id
from {{ ref('events') }}
where
    channel in ('web', 'mobile')
    and node_id is not null
    and {{ is_new() }}
