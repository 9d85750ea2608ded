-- Whether each record was there when it was last read, and when that was.
create temp table landed as
select
    record_id,
    arg_max(updated_at, (try_cast(updated_at as timestamptz), filename)) as updated_at,
    arg_max(is_deleted, (try_cast(updated_at as timestamptz), filename)) as is_deleted,
    arg_max(record, (try_cast(updated_at as timestamptz), filename)) = '{}' as is_gone
from read_parquet($files, filename = true)
where record_id != ''
group by record_id;
