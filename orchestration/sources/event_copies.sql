-- The copies that no time and no file tells apart, of messages in files that have some.
insert into event_copies by name
select
    message.* exclude (path),
    $batch_id as batch_id
from events_in($paths, $prefix_length) as message
semi join event_same_instant as copy
    on
        message.message_id = copy.message_id
        and coalesce(message.received_at, '') = copy.received_at
        and message.path = copy.path;
