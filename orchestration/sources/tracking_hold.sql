-- The findings of a new batch are kept; a message of an event in quarantine is held for any of them.
insert into raw.tracking_violations
select
    *,
    getvariable('batch_id') as batch_id
from tracking_found;

insert into raw.held_messages
select
    message_id,
    coalesce(event, type) as event_name,
    file,
    batch_id,
    null as released_batch_id
from raw.events
where
    batch_id = getvariable('batch_id')
    and message_id in (select message_id from tracking_found where mode = 'quarantine');

update raw.events
set batch_id = null
where
    batch_id = getvariable('batch_id')
    and message_id in (
        select message_id from raw.held_messages
        where batch_id = getvariable('batch_id')
    );
