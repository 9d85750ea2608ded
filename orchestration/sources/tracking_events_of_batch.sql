-- Events that occur in a new batch.
create or replace temp table tracking_events as
select distinct coalesce(event, type) as event_name
from raw.events
where batch_id = getvariable('batch_id');
