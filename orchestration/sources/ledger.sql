-- One row per file: lines = loaded + duplicates + quarantined.
insert into raw.loads
with lines as (
    select
        path,
        count(*) as lines
    from (
        select path from event_arrivals
        union all
        select path from record_arrivals
        union all
        select path from arrived_files
        where refusal is not null
    ) as found
    group by path
),

loaded as (
    select
        file,
        count(*) as loaded
    from raw.events
    where batch_id = $batch_id
    group by file
    union all
    select
        arrived_files.file,
        count(*) as loaded
    from record_versions
    inner join arrived_files on record_versions.path = arrived_files.path
    group by arrived_files.file
),

quarantined as (
    select
        file,
        count(*) as quarantined
    from (
        select file
        from raw.quarantine
        where batch_id = $batch_id
        union all
        select file
        from raw.held_messages
        where batch_id = $batch_id
    ) as refused
    group by file
)

select
    -- A file that brought nothing new belongs to no batch: batches are what later models wait for.
    case
        when (select count(*) from loaded) + (select count(*) from quarantined) > 0
            then $batch_id
    end as batch_id,
    arrived_files.source,
    arrived_files.file,
    arrived_files.bytes,
    coalesce(lines.lines, 0) as lines,
    coalesce(loaded.loaded, 0) as loaded,
    coalesce(lines.lines, 0) - coalesce(loaded.loaded, 0)
    - coalesce(quarantined.quarantined, 0) as duplicates,
    coalesce(quarantined.quarantined, 0) as quarantined,
    cast(current_timestamp at time zone 'UTC' as timestamp) as loaded_at
from arrived_files
left join lines on arrived_files.path = lines.path
left join loaded on arrived_files.file = loaded.file
left join quarantined on arrived_files.file = quarantined.file;
