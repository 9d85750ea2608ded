-- One JSON object per row of a dropped Parquet file.
create or replace temp table file_rows as
select
    file_row_number + 1 as line_number,
    to_json(struct_pack(*columns(* exclude (file_row_number)))) as record,
    cast(null as varchar) as refusal,
    cast(null as varchar) as line
from read_parquet([$path], file_row_number = true);
