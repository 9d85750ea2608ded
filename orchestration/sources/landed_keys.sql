-- Whether each record was there when it was last read, and when that was.
create temp table landed as
select
    record_id,
    max(updated_at) as updated_at,
    arg_max(is_deleted, (updated_at, filename)) as is_deleted,
    arg_max(record, (updated_at, filename)) = '{}' as is_gone
from read_parquet($files, filename = true)
where record_id != ''
group by record_id;
