-- Writes the plan into the ledger, in the transaction that made it.
insert into activation.sync_outbox by name
select
    getvariable('run_id') as run_id,
    getvariable('sync') as sync,
    batch,
    position,
    operation,
    customer_id,
    match_value,
    fields_hash
from batched;

-- After a merge of customers a record can belong to another customer_id with the same content.
update activation.sync_state
set customer_id = consented.customer_id
from consented
where
    sync_state.sync = getvariable('sync')
    and consented.obstacle is null
    and sync_state.match_value = consented.match_value
    and sync_state.fields_hash = consented.fields_hash
    and sync_state.customer_id <> consented.customer_id;

update activation.sync_rejections
set retry_in_runs = retry_in_runs - 1
where
    sync = getvariable('sync')
    and is_open
    and retry_in_runs > 0;

-- What is no longer due, is no longer refused.
update activation.sync_rejections
set is_open = false
where
    sync = getvariable('sync')
    and is_open
    and not exists (
        select 1
        from changes
        where
            changes.customer_id = sync_rejections.customer_id
            and (changes.operation = 'removed') = (sync_rejections.operation = 'removed')
    )
    and not exists (
        select 1
        from consented
        where
            consented.customer_id = sync_rejections.customer_id
            and consented.obstacle is not null
            and sync_rejections.operation <> 'removed'
    );

-- Rows that the destination could not tell apart or could not find are refused here, before it.
merge into activation.sync_rejections as refused
using (
    select
        customer_id,
        obstacle,
        case obstacle
            when 'match_missing' then 'has no value that the destination could know it by'
            else 'shares the value that the destination knows it by with another customer'
        end as message
    from consented
    where obstacle is not null
) as unaddressable
    on
        refused.sync = getvariable('sync')
        and refused.is_open
        and refused.operation <> 'removed'
        and refused.customer_id = unaddressable.customer_id
when matched and refused.code <> unaddressable.obstacle then update set
    run_id = getvariable('run_id'),
    code = unaddressable.obstacle,
    message = unaddressable.message,
    attempts = 0,
    retry_in_runs = null,
    fields_hash = null,
    rejected_at = cast(now() as timestamp)
when not matched then insert (
    run_id, sync, customer_id, operation, code, message, attempts, rejected_at, is_open
) values (
    getvariable('run_id'),
    getvariable('sync'),
    unaddressable.customer_id,
    'added',
    unaddressable.obstacle,
    unaddressable.message,
    0,
    cast(now() as timestamp),
    true
);
