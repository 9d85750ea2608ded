-- A version is new unless it repeats the one before it, in the order of changes: what a collector
-- reads twice in its overlap is stored once, and a value that returns to an earlier one is kept.
-- Of several versions with one time of change in a batch, the last one read stands.
insert into record_versions
with arrived as (
    select
        path,
        line_number,
        record_id,
        updated_at,
        is_deleted,
        record,
        cast(null as bigint) as batch_id
    from record_arrivals
    where raw_table = '{table}' and refusal is null
    qualify
        row_number() over (
            partition by record_id, updated_at
            order by path desc, line_number desc
        ) = 1
),

stored as (
    select
        record_id,
        updated_at,
        is_deleted,
        record,
        batch_id
    from raw.{table}
    where record_id in (select arrived.record_id from arrived)
),

compared as (
    select
        *,
        md5(concat(is_deleted, record)) is not distinct from lag(md5(concat(is_deleted, record)))
            over (
                partition by record_id
                -- As times: as texts, 07.000Z would be later than 07.000001Z.
                order by
                    try_cast(updated_at as timestamptz) nulls first,
                    updated_at nulls first,
                    batch_id nulls last,
                    path,
                    line_number
            ) as is_repeat
    from (
        select * from arrived
        union all by name
        select * from stored
    )
)

select
    '{table}' as raw_table,
    path,
    record_id,
    updated_at,
    is_deleted,
    record
from compared
where batch_id is null and not is_repeat;
