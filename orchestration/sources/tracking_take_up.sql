-- The plan as it was just read takes the place of the one that the last load checked by, from this
-- batch on. What differs is looked at again in the messages that are held.
set variable batch_id = (select coalesce(max(batch_id), 0) + 1 from raw.loads);

create or replace temp table tracking_events as
select distinct event_name
from (
    (
        select * exclude (batch_id) from raw.tracking_plan
        except
        select * from tracking_plan_read
    )
    union all
    (
        select * from tracking_plan_read
        except
        select * exclude (batch_id) from raw.tracking_plan
    )
) as changed;

delete from raw.tracking_plan
where event_name in (select event_name from tracking_events);

insert into raw.tracking_plan
select
    *,
    getvariable('batch_id') as batch_id
from tracking_plan_read
where event_name in (select event_name from tracking_events);

-- How many messages the events in question have in quarantine.
select count(*) as held
from raw.held_messages
where
    released_batch_id is null
    and event_name in (select event_name from tracking_events);
