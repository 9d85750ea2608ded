-- Messages of which several copies arrived.
create or replace temp table event_repeated as
select message_id
from event_arrivals
where refusal is null
group by message_id
having count(*) > 1;

-- Copies that must not be loaded: every copy of a message that an earlier batch brought, and within
-- this batch all but the first received (then the first file by name). Only ids, no wide rows.
create or replace temp table event_duplicates as
with accepted as (
    select
        message_id,
        received_at,
        path
    from event_arrivals
    where refusal is null
),

known as (
    select distinct message_id
    from raw.events
    where message_id in (select accepted.message_id from accepted)
),

first_copies as (
    select
        message_id,
        min((received_at, path)) as first_copy
    from accepted
    where message_id in (select event_repeated.message_id from event_repeated)
    group by message_id
)

select distinct
    accepted.message_id,
    accepted.received_at,
    accepted.path
from accepted
semi join known on accepted.message_id = known.message_id
union
select
    accepted.message_id,
    accepted.received_at,
    accepted.path
from accepted
inner join first_copies on accepted.message_id = first_copies.message_id
where (accepted.received_at, accepted.path) != first_copies.first_copy;

-- Messages with copies that no time and no file tells apart, where they are.
create or replace temp table event_same_instant as
select
    arrived.message_id,
    arrived.received_at,
    arrived.path
from event_arrivals as arrived
semi join event_repeated on arrived.message_id = event_repeated.message_id
anti join event_duplicates
    on
        arrived.message_id = event_duplicates.message_id
        and arrived.received_at = event_duplicates.received_at
        and arrived.path = event_duplicates.path
where arrived.refusal is null
group by arrived.message_id, arrived.received_at, arrived.path
having count(*) > 1;

-- What the wide write leaves out.
create or replace temp table event_set_aside as
select *
from event_duplicates
union all
select *
from event_same_instant;

create or replace temp table event_copies as
select * exclude (loaded_at)
from raw.events
limit 0;
