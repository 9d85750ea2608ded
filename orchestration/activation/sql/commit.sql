-- Writes into the ledger what a plan changes there, in one short transaction.

-- After a merge of customers a record can belong to another customer_id with the same content.
update activation.sync_state
set customer_id = rekeyed.customer_id
from (
    select
        match_value,
        wanted_customer_id as customer_id
    from compared
    where is_wanted and known_hash = wanted_hash
) as rekeyed
where
    sync_state.sync = getvariable('sync')
    and coalesce(sync_state.target, getvariable('target')) = getvariable('target')
    and sync_state.match_value = rekeyed.match_value;

update activation.sync_state
set
    match_value = moved.new_match_value,
    customer_id = moved.new_customer_id
from moved
where
    sync_state.sync = getvariable('sync')
    and coalesce(sync_state.target, getvariable('target')) = getvariable('target')
    and sync_state.match_value = moved.match_value;

-- What is told only once is told again to who comes back, so who left is forgotten.
delete from activation.sync_state
where
    sync = getvariable('sync')
    and coalesce(target, getvariable('target')) = getvariable('target')
    and getvariable('forgets_leavers')
    and match_value in (
        select leavers.match_value
        from leavers
        anti join batched on leavers.match_value = batched.match_value
    )
    and match_value not in (select under_way.match_value from under_way);

-- A word is good for the next run that goes out, whether it was needed for it or not.
update activation.sync_approvals
set used_in_run_id = getvariable('run_id')
where
    sync = getvariable('sync')
    and used_in_run_id is null;

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
        from unaddressable
        where
            unaddressable.customer_id = sync_rejections.customer_id
            and sync_rejections.operation <> 'removed'
    );

-- Rows that the destination could not tell apart or could not find are refused here, before it.
merge into activation.sync_rejections as refusals
using (
    select
        customer_id,
        obstacle,
        case obstacle
            when 'match_missing' then 'has no value that the destination could know it by'
            else 'shares the value that the destination knows it by with another customer'
        end as message
    from unaddressable
) as found
    on
        refusals.sync = getvariable('sync')
        and refusals.is_open
        and refusals.operation <> 'removed'
        and refusals.customer_id = found.customer_id
when matched and refusals.code <> found.obstacle then update set
    run_id = getvariable('run_id'),
    code = found.obstacle,
    message = found.message,
    attempts = 0,
    retry_in_runs = null,
    fields_hash = null,
    rejected_at = cast(now() as timestamp)
when not matched then insert (
    run_id, sync, customer_id, operation, code, message, attempts, rejected_at, is_open
) values (
    getvariable('run_id'),
    getvariable('sync'),
    found.customer_id,
    'added',
    found.obstacle,
    found.message,
    0,
    cast(now() as timestamp),
    true
);
