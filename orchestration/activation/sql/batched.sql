-- Removals travel first, and never in one request with anything else.
create or replace temp table batched as
with numbered as (
    select
        * exclude (is_waiting, is_capped),
        row_number() over (
            partition by operation = 'removed'
            order by match_value
        ) - 1 as place
    from changes
    where not is_waiting and not is_capped
),

removals as (
    select cast(ceil(count(*) / getvariable('batch_size')) as bigint) as batches
    from numbered
    where operation = 'removed'
)

select
    numbered.match_value,
    numbered.customer_id,
    numbered.operation,
    numbered.fields_hash,
    numbered.remote_id,
    numbered.row_key,
    cast(
        numbered.place // getvariable('batch_size')
        + case when numbered.operation = 'removed' then 0 else removals.batches end as integer
    ) as batch,
    cast(numbered.place % getvariable('batch_size') as integer) as position
from numbered
cross join removals;
