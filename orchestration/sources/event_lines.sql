-- Lines read one by one as text: each becomes a message, or is refused with the reason. They take
-- the place of what the fast pass made of them: DuckDB's reader can null a good line after a bad.
create or replace temp table event_messages as
with typed as (
    select
        path,
        line_number,
        line,
        case
            when not is_utf8 then 'not UTF-8'
            when not json_valid(line) then 'malformed JSON'
            when json_type(line) != 'OBJECT' then 'not an object'
        end as refusal
    from event_lines
),

extracted as (
    select
        *,
        case when refusal is null then json_extract_string(line, [
            '$.messageId', '$.type', '$.event', '$.name', '$.userId', '$.anonymousId',
            '$.groupId', '$.previousId', '$.channel', '$.timestamp', '$.originalTimestamp',
            '$.sentAt', '$.receivedAt'
        ]) end as field,
        case when refusal is null then list_transform(
            json_extract(line, ['$.context', '$.properties', '$.traits']),
            lambda part: nullif(part, 'null')
        ) end as part
    from typed
)

select
    path,
    line_number,
    line,
    field[1] as message_id,
    field[2] as type,
    field[3] as event,
    field[4] as name,
    field[5] as user_id,
    field[6] as anonymous_id,
    field[7] as group_id,
    field[8] as previous_id,
    field[9] as channel,
    field[10] as event_timestamp,
    field[11] as original_timestamp,
    field[12] as sent_at,
    field[13] as received_at,
    part[1] as context,
    part[2] as properties,
    part[3] as traits,
    coalesce(
        refusal,
        event_refusal(field[1], field[2], field[5], field[6]),
        case when is_oversized(part[1], part[2], part[3]) then 'larger than 1 MB' end
    ) as refusal
from extracted;

delete from event_arrivals where refusal is not null;

insert into event_arrivals
select
    message_id,
    coalesce(received_at, '') as received_at,
    path,
    refusal
from event_messages;
