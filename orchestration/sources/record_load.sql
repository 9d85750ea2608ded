-- The records of a completed dlt load, as the vendor's API returned them.
insert into record_arrivals
select
    $raw_table as raw_table,
    $path as path,
    file_row_number + 1 as line_number,
    record_id,
    updated_at,
    coalesce(is_deleted, false) as is_deleted,
    record,
    case
        when coalesce(record_id, '') = '' then 'no record id'
        when record is null or not json_valid(record) then 'malformed JSON'
    end as refusal,
    null as line
from read_parquet([$path], file_row_number = true);
