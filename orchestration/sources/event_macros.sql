-- Why a message cannot be an event; null if it can. The fast pass over parsed fields and the slow
-- pass over the text of a line ask the same question, so no line can fall between them.
create or replace temp macro event_refusal(message_id, type, user_id, anonymous_id) as case
    when coalesce(message_id, '') = '' then 'no messageId'
    when type is null or type not in ('track', 'identify', 'page', 'screen', 'group', 'alias')
        then 'unknown type'
    when coalesce(user_id, '') = '' and coalesce(anonymous_id, '') = ''
        then 'no userId and no anonymousId'
end;

create or replace temp macro is_oversized(context, properties, traits) as
coalesce(strlen(context), 0) + coalesce(strlen(properties), 0) + coalesce(strlen(traits), 0)
> 1048576;

-- What can be an event in files. Every top-level field is read as text (or kept as JSON): with a typed
-- column a single field of another type would null the whole row.
create or replace temp macro events_in(paths, prefix_length) as table
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
    message.filename as path,
    substr(message.filename, prefix_length + 1) as file
from read_json(
    paths,
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
where
    event_refusal(message.messageId, message.type, message.userId, message.anonymousId) is null
    and not is_oversized(message.context, message.properties, message.traits);
