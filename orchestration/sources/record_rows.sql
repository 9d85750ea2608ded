-- Rows of a dropped file: the key's values make the id, the file's time of modification orders
-- the versions.
insert into record_arrivals
select
    $raw_table as raw_table,
    $path as path,
    line_number,
    array_to_string(key_values, '|') as record_id,
    strftime(make_timestamp($modified_at), '%Y-%m-%dT%H:%M:%S.%fZ') as updated_at,
    false as is_deleted,
    record,
    case
        when refusal is not null then refusal
        when list_count(key_values) < len(key_values) then 'no value for the key'
    end as refusal,
    line
from (
    select
        *,
        list_transform(
            json_extract_string(record, $key_paths),
            lambda part: nullif(part, '')
        ) as key_values
    from file_rows
);
