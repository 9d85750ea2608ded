-- The messages that were read line by line.
insert into raw.events by name
select
    message.* exclude (path, line_number, line, refusal),
    substr(message.path, $prefix_length + 1) as file,
    $batch_id as batch_id
from event_messages as message
anti join event_set_aside as aside
    on
        message.message_id = aside.message_id
        and coalesce(message.received_at, '') = aside.received_at
        and message.path = aside.path
where message.refusal is null;
