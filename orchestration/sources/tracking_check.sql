-- What is wrong with the messages of some events: one row per message, place and rule. The texts to
-- look at are taken out of all messages once: rows of a transaction that is still open are read by one
-- thread, and what was taken out by all.
insert into tracking_found
with of_batch as (
    select
        message_id,
        coalesce(event, type) as event_name,
        properties,
        context,
        traits
    from raw.events
    where {of_batch}
),

properties as materialized (
    select message_id, event_name, properties as part
    from of_batch
    where list_contains($events_by_properties, event_name)
),

context as materialized (
    select message_id, event_name, context as part
    from of_batch
    where list_contains($events_by_context, event_name)
),

traits as materialized (
    select message_id, event_name, traits as part
    from of_batch
    where list_contains($events_by_traits, event_name)
),

found as (
    {groups}
)

select
    message_id,
    event_name,
    any_value(mode) as mode,
    location,
    keyword,
    any_value(argument) as argument,
    min(found) as found,
    count(*) as occurrences
from found
group by message_id, event_name, location, keyword;
