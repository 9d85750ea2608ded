-- Copies that must not be loaded: every copy of a message that an earlier batch brought, and within
-- this batch all but the first received (then the first file by name). Only ids, no wide rows.
create or replace temp table event_duplicates as
with accepted as (
    select
        message_id,
        received_at,
        path,
    from event_arrivals
    where refusal is null
),

known as (
    select distinct message_id
    from raw.events
    where message_id in (select accepted.message_id from accepted)
),

repeated as (
    select
        message_id,
        min((received_at, path)) as first_copy,
    from accepted
    group by message_id
    having count(*) > 1
)

select distinct
    accepted.message_id,
    accepted.received_at,
    accepted.path,
from accepted
left join known on accepted.message_id = known.message_id
left join repeated on accepted.message_id = repeated.message_id
where
    known.message_id is not null
    or (accepted.received_at, accepted.path) != repeated.first_copy;
