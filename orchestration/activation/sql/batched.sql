-- What travels now. Removals go first, and never in one request with anything else.
create or replace temp table due_removals as
select *
from differences
anti join waiting on differences.match_value = waiting.match_value
anti join capped on differences.match_value = capped.match_value
where operation = 'removed';

create or replace temp table due_writes as
select *
from differences
anti join waiting on differences.match_value = waiting.match_value
anti join capped on differences.match_value = capped.match_value
where operation <> 'removed';

-- Rows have their numbers from where they lie: to sort a large audience would take a tenth of a run.
create or replace temp view batched as
with numbered as (
    select
        *,
        rowid as place,
        0 as first_batch
    from due_removals
    union all
    select
        *,
        rowid as place,
        (
            select cast(ceil(count(*) / getvariable('batch_size')) as bigint)
            from due_removals
        ) as first_batch
    from due_writes
)

select
    match_value,
    customer_id,
    operation,
    fields_hash,
    remote_id,
    row_key,
    cast(first_batch + place // getvariable('batch_size') as integer) as batch,
    cast(place % getvariable('batch_size') as integer) as position
from numbered;
