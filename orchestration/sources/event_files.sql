-- One parse and one wide write per event.
insert into raw.events by name
select
    message.* exclude (path),
    $batch_id as batch_id
from events_in($paths, $prefix_length) as message
anti join event_set_aside as aside
    on
        message.message_id = aside.message_id
        and coalesce(message.received_at, '') = aside.received_at
        and message.path = aside.path;
