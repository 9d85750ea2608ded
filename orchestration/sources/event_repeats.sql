-- The very same message more than once within one file, received at the same instant: one is kept,
-- by content, so that the choice does not depend on the order of reading.
delete from raw.events
where rowid in (
    select position
    from (
        select
            rowid as position,
            row_number() over (
                partition by message_id
                order by md5(concat_ws(
                    '|', type, event, name, user_id, anonymous_id, event_timestamp,
                    context, properties, traits
                ))
            ) as copy_number
        from raw.events
        where
            batch_id = $batch_id
            and message_id in (select event_same_instant.message_id from event_same_instant)
    ) as copies
    where copy_number > 1
);
