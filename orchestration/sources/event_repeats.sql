-- The very same message more than once within one file, received at the same instant: one is kept,
-- by content, so that the choice does not depend on the order of reading. They were left out of the
-- wide write: with a row deleted, DuckDB would write all rows of the transaction once more.
insert into raw.events by name
select *
from event_copies
qualify row_number() over (
    partition by message_id
    order by
        md5(concat_ws(
            '|', type, event, name, user_id, anonymous_id, event_timestamp,
            context, properties, traits
        )),
        md5(concat_ws('|', group_id, previous_id, channel, original_timestamp, sent_at))
) = 1;
