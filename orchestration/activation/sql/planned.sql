-- What a run set out to send, as its plan wrote it down.
create or replace temp view outbox as
select
    batch,
    position,
    operation,
    customer_id,
    match_value,
    fields_hash,
    row_key
from read_parquet('{outbox}');

set variable target = (
    select decode(value)
    from parquet_kv_metadata('{outbox}')
    where decode(key) = 'target'
);
