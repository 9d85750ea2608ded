-- Removals travel first, and never in one request with anything else.
create or replace temp table batched as
with due as not materialized (
    select *
    from differences
    anti join waiting on differences.match_value = waiting.match_value
    anti join capped on differences.match_value = capped.match_value
),

removals as (
    select
        count(*) as rows,
        cast(ceil(count(*) / getvariable('batch_size')) as bigint) as batches
    from due
    where operation = 'removed'
),

numbered as (
    select
        *,
        row_number() over (order by operation <> 'removed', match_value) - 1 as place
    from due
),

placed as (
    select
        numbered.*,
        case when numbered.operation = 'removed' then 0 else removals.batches end as first_batch,
        numbered.place
        - case when numbered.operation = 'removed' then 0 else removals.rows end as row_place
    from numbered
    cross join removals
)

select
    match_value,
    customer_id,
    operation,
    fields_hash,
    remote_id,
    row_key,
    cast(first_batch + row_place // getvariable('batch_size') as integer) as batch,
    cast(row_place % getvariable('batch_size') as integer) as position
from placed;
