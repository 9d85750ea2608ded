-- The copies that no time and no file tells apart, of messages in files that have some.
insert into event_copies by name
select
    message.* exclude (path),
    substr(message.path, $prefix_length + 1) as file,
    $batch_id as batch_id
from events_in($paths) as message
semi join event_same_instant as copy
    on
        message.message_id = copy.message_id
        and coalesce(message.received_at, '') = copy.received_at
        and message.path = copy.path;
