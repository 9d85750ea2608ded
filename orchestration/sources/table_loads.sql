-- What this load brought, per source table.
select
    arrived_files.source,
    arrived_files.source_table,
    count(*) as files,
    sum(loads.loaded) as loaded,
    sum(loads.duplicates) as duplicates,
    sum(loads.quarantined) as quarantined
from arrived_files
inner join raw.loads as loads on arrived_files.file = loads.file
group by arrived_files.source, arrived_files.source_table
order by arrived_files.source, arrived_files.source_table;
