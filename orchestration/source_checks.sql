-- Whether each source table is fresh and its newest batch usual. One row per table that ever brought
-- anything; `tables` are structs of source, source_table, folder and the bounds that its YAML declares.
with declared as (
    select unnest($tables, recursive := true)
),

batches as (
    select
        declared.source,
        declared.source_table,
        loads.batch_id,
        sum(loads.loaded) as loaded,
        max(loads.loaded_at) as loaded_at
    from raw.loads as loads
    inner join declared on starts_with(loads.file, concat(declared.folder, '/'))
    where loads.loaded > 0
    group by declared.source, declared.source_table, loads.batch_id
),

placed as (
    select
        *,
        row_number() over (partition by source, source_table order by batch_id desc) as age
    from batches
),

measured as (
    select
        source,
        source_table,
        max(loaded_at) as loaded_at,
        max(case when age = 1 then loaded end) as newest_rows,
        -- Thirty batches before it; fewer than five are no custom.
        case
            when count(*) > 5 then median(case when age between 2 and 31 then loaded end)
        end as usual_rows
    from placed
    group by source, source_table
)

select
    measured.source,
    measured.source_table,
    date_diff('hour', measured.loaded_at, cast(now() at time zone 'UTC' as timestamp)) as hours,
    declared.stale_after_hours,
    coalesce(hours <= declared.stale_after_hours, true) as is_fresh,
    measured.newest_rows,
    cast(measured.usual_rows as bigint) as usual_rows,
    coalesce(
        100 * measured.newest_rows between declared.least_percent * measured.usual_rows
        and declared.most_percent * measured.usual_rows,
        true
    ) as is_usual
from measured
inner join declared using (source, source_table);
