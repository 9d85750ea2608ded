-- Such copies among the messages that were read line by line.
insert into event_copies by name
select
    message.* exclude (path, line_number, line, refusal),
    substr(message.path, $prefix_length + 1) as file,
    $batch_id as batch_id
from event_messages as message
semi join event_same_instant as copy
    on
        message.message_id = copy.message_id
        and coalesce(message.received_at, '') = copy.received_at
        and message.path = copy.path
where message.refusal is null;
