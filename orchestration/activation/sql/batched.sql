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
)

select
    match_value,
    customer_id,
    operation,
    fields_hash,
    remote_id,
    coalesce(row_key, md5(getvariable('run_id') || ' ' || match_value)) as row_key,
    cast(
        dense_rank() over (
            order by operation <> 'removed', place // getvariable('batch_size')
        ) - 1 as integer
    ) as batch,
    cast(place % getvariable('batch_size') as integer) as position
from numbered;
