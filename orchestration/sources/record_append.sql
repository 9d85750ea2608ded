-- Every version of every record, once.
insert into raw.{table}
select
    record_id,
    updated_at,
    is_deleted,
    record,
    $batch_id as batch_id
from record_versions
where raw_table = '{table}';
