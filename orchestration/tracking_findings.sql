-- What the tracking plan found in the newest batch of events, and what it holds in all. One row per event.
with newest as (
    select
        event_name,
        count(distinct message_id) as violating
    from raw.tracking_violations
    where batch_id = (select max(batch_id) from raw.loads where source = 'events')
    group by event_name
),

held as (
    select
        event_name,
        count(*) as held
    from raw.held_messages
    where released_batch_id is null
    group by event_name
)

select
    event_name,
    coalesce(newest.violating, 0) as violating,
    coalesce(held.held, 0) as held
from newest
full outer join held using (event_name)
order by event_name;
