-- Held messages of events whose plan changed, by what the new plan finds. Those that it lets pass go
-- into a batch of their own, so that every model takes them up as it takes up what has just arrived.
create or replace temp table tracking_released as
select message_id
from raw.held_messages
where
    released_batch_id is null
    and event_name in (select event_name from tracking_events)
    and message_id not in (select message_id from tracking_found where mode = 'quarantine');

-- What a message was held for stays on record, unless there is something newer to say of it.
delete from raw.tracking_violations
where message_id in (select message_id from tracking_found);

insert into raw.tracking_violations
select
    tracking_found.*,
    held.batch_id
from tracking_found
inner join raw.held_messages as held on tracking_found.message_id = held.message_id;

insert into raw.loads
    (batch_id, source, file, bytes, lines, loaded, duplicates, quarantined, loaded_at)
select
    getvariable('batch_id') as batch_id,
    'events' as source,
    concat('replay/', getvariable('batch_id')) as file,
    0 as bytes,
    count(*) as lines,
    count(*) as loaded,
    0 as duplicates,
    0 as quarantined,
    cast(current_timestamp at time zone 'UTC' as timestamp) as loaded_at
from tracking_released
having count(*) > 0;

update raw.events
set batch_id = getvariable('batch_id')
where batch_id is null and message_id in (select message_id from tracking_released);

update raw.held_messages
set released_batch_id = getvariable('batch_id')
where message_id in (select message_id from tracking_released);

select count(*) as released from tracking_released;
