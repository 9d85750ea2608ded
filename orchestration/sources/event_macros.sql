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
