-- The messages that were read line by line.
insert into raw.events by name
select
    message.message_id,
    message.type,
    message.event,
    message.name,
    message.user_id,
    message.anonymous_id,
    message.group_id,
    message.previous_id,
    message.channel,
    message.event_timestamp,
    message.original_timestamp,
    message.sent_at,
    message.received_at,
    message.context,
    message.properties,
    message.traits,
    substr(message.path, $prefix_length + 1) as file,
    $batch_id as batch_id
from event_messages as message
anti join event_duplicates as duplicate
    on
        message.message_id = duplicate.message_id
        and coalesce(message.received_at, '') = duplicate.received_at
        and message.path = duplicate.path
where message.refusal is null;
