-- What became of e-mails, as the tools tell that send them. One row per step of one.
with

-- What happened stays as it was told first.
events as (

    select
        *,
        row_number() over (
            partition by event_id order by batch_id, updated_at, version_key
        ) as place
    from {{ ref('stg_klaviyo__events') }}

),

-- An event may come before the metric that names it.
metrics as (

    select
        *,
        row_number() over (partition by metric_id order by batch_id, version_key) as place
    from {{ ref('stg_klaviyo__metrics') }}

),

klaviyo as (

    select
        events.event_id,
        events.profile_id,
        case metrics.metric_name
            when 'Received Email' then 'Email Delivered'
            when 'Opened Email' then 'Email Opened'
            when 'Clicked Email' then 'Email Link Clicked'
            when 'Unsubscribed' then 'Unsubscribed'
            when 'Unsubscribed from Email Marketing' then 'Unsubscribed'
            when 'Marked Email as Spam' then 'Unsubscribed'
        end as event_name,
        coalesce(events.message_id, events.flow_id) as campaign_id,
        events.campaign_name,
        events.subject,
        events.occurred_at,
        greatest(events.batch_id, metrics.batch_id) as batch_id
    from events
    inner join metrics on events.metric_id = metrics.metric_id
    where events.place = 1 and metrics.place = 1

)

select
    'klaviyo' as source,
    'klaviyo/event/' || event_id as event_id,
    event_name,
    'profile/' || profile_id as contact_record_id,
    campaign_id,
    campaign_name,
    subject,
    occurred_at,
    batch_id
from klaviyo
where event_name is not null and occurred_at is not null and profile_id is not null
