-- What this load brought, per source table; of fields those that are new to a table already known.
with new_fields as (
    select
        raw_table,
        string_agg(concat(field, ' (', kind, ')'), ', ' order by field, kind) as new_fields
    from raw.fields as field
    where
        batch_id = (
            select max(loads.batch_id) from raw.loads as loads
            where loads.file in (select arrived_files.file from arrived_files)
        )
        and exists (
            select 1 from raw.fields as earlier
            where earlier.raw_table = field.raw_table and earlier.batch_id < field.batch_id
        )
    group by raw_table
)

select
    arrived_files.source,
    arrived_files.source_table,
    count(*) as files,
    sum(loads.loaded) as loaded,
    sum(loads.duplicates) as duplicates,
    sum(loads.quarantined) as quarantined,
    max(new_fields.new_fields) as new_fields
from arrived_files
inner join raw.loads as loads on arrived_files.file = loads.file
left join new_fields on arrived_files.raw_table = new_fields.raw_table
group by arrived_files.source, arrived_files.source_table
order by arrived_files.source, arrived_files.source_table;
