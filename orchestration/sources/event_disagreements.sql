-- Files of which the wide pass brought another number of events than the narrow pass promised
-- (a message over 1 MB, say): they are read line by line instead.
with promised as (
    select
        arrival.path,
        count(*) as events
    from event_arrivals as arrival
    anti join event_duplicates as duplicate
        on
            arrival.message_id = duplicate.message_id
            and arrival.received_at = duplicate.received_at
            and arrival.path = duplicate.path
    where arrival.refusal is null
    group by arrival.path
),

brought as (
    select
        file,
        count(*) as events
    from (
        select file
        from raw.events
        where batch_id = $batch_id
        union all
        select file
        from event_copies
    ) as written
    group by file
)

select arrived_files.path
from arrived_files
left join promised on arrived_files.path = promised.path
left join brought on arrived_files.file = brought.file
where
    arrived_files.is_events
    and coalesce(promised.events, 0) != coalesce(brought.events, 0)
order by arrived_files.path;
