-- One parse and one wide write per event. Every top-level field is read as text (or kept as JSON):
-- with a typed column a single field of another type would null the whole row.
insert into raw.events by name
select
    message.messageId as message_id,
    message.type,
    message.event,
    message.name,
    message.userId as user_id,
    message.anonymousId as anonymous_id,
    message.groupId as group_id,
    message.previousId as previous_id,
    message.channel,
    message.timestamp as event_timestamp,
    message.originalTimestamp as original_timestamp,
    message.sentAt as sent_at,
    message.receivedAt as received_at,
    message.context,
    message.properties,
    message.traits,
    substr(message.filename, $prefix_length + 1) as file,
    $batch_id as batch_id
from read_json(
    $paths,
    format = 'newline_delimited',
    ignore_errors = true,
    filename = true,
    columns = {
        messageId: 'varchar',
        type: 'varchar',
        event: 'varchar',
        name: 'varchar',
        userId: 'varchar',
        anonymousId: 'varchar',
        groupId: 'varchar',
        previousId: 'varchar',
        channel: 'varchar',
        timestamp: 'varchar',
        originalTimestamp: 'varchar',
        sentAt: 'varchar',
        receivedAt: 'varchar',
        context: 'json',
        properties: 'json',
        traits: 'json'
    }
) as message
anti join event_duplicates as duplicate
    on
        message.messageId = duplicate.message_id
        and coalesce(message.receivedAt, '') = duplicate.received_at
        and message.filename = duplicate.path
where
    event_refusal(message.messageId, message.type, message.userId, message.anonymousId) is null
    and not is_oversized(message.context, message.properties, message.traits);
