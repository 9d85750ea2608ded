-- Folds the outcomes of one delivery into the ledger.
delete from activation.sync_state
using outcomes
where
    sync_state.sync = getvariable('sync')
    and coalesce(sync_state.target, getvariable('target')) = getvariable('target')
    and sync_state.match_value = outcomes.match_value
    and outcomes.outcome in ('sent', 'in_doubt');

insert into activation.sync_state by name
select
    getvariable('sync') as sync,
    getvariable('target') as target,
    match_value,
    customer_id,
    case when outcome = 'sent' then fields_hash end as fields_hash,
    remote_id,
    case
        when outcome = 'in_doubt'
            then coalesce(row_key, concat(getvariable('run_id'), '-', batch, '-', position))
    end as row_key,
    case when outcome = 'in_doubt' then fields_hash end as doubted_hash
from outcomes
where outcome = 'in_doubt' or (outcome = 'sent' and operation <> 'removed');

insert into activation.sync_changes by name
select
    getvariable('run_id') as run_id,
    getvariable('sync') as sync,
    customer_id,
    operation,
    fields_hash,
    cast(now() as timestamp) as sent_at
from outcomes
where outcome = 'sent';

update activation.sync_rejections
set is_open = false
from outcomes
where
    sync_rejections.sync = getvariable('sync')
    and sync_rejections.is_open
    and sync_rejections.customer_id = outcomes.customer_id
    and (sync_rejections.operation = 'removed') = (outcomes.operation = 'removed')
    and outcomes.outcome = 'sent';

-- Tried again after 2, 4, 8 and 16 runs; from the fifth refusal on only once its content changes.
merge into activation.sync_rejections as refused
using (
    select
        customer_id,
        operation = 'removed' as is_removal,
        any_value(operation) as operation,
        any_value(code) as code,
        any_value(message) as message,
        any_value(fields_hash) as fields_hash
    from outcomes
    where outcome = 'rejected'
    group by customer_id, is_removal
) as answer
    on
        refused.sync = getvariable('sync')
        and refused.is_open
        and refused.customer_id = answer.customer_id
        and (refused.operation = 'removed') = answer.is_removal
when matched then update set
    run_id = getvariable('run_id'),
    operation = answer.operation,
    code = answer.code,
    message = answer.message,
    attempts = case
        when refused.fields_hash is not distinct from answer.fields_hash
            then refused.attempts + 1
        else 1
    end,
    retry_in_runs = case
        when refused.fields_hash is distinct from answer.fields_hash then 2
        when refused.attempts < 4 then cast(2 ** (refused.attempts + 1) as integer)
    end,
    fields_hash = answer.fields_hash,
    rejected_at = cast(now() as timestamp)
when not matched then insert (
    run_id, sync, customer_id, operation, code, message,
    attempts, retry_in_runs, fields_hash, rejected_at, is_open
) values (
    getvariable('run_id'), getvariable('sync'), answer.customer_id, answer.operation, answer.code,
    answer.message, 1, 2, answer.fields_hash, cast(now() as timestamp), true
);

delete from activation.sync_outbox
where run_id = getvariable('run_id');

-- What the vendor is still at work on stays, with the ticket to ask by.
insert into activation.sync_outbox by name
select
    getvariable('run_id') as run_id,
    getvariable('sync') as sync,
    getvariable('target') as target,
    * exclude (outcome, code, message, remote_id)
from outcomes
where outcome = 'pending';

update activation.sync_runs
set
    status = case
        when result.pending > 0 then 'pending'
        when result.in_doubt + result.unsent = 0 then 'settled'
        else 'partial'
    end,
    reason = case when result.in_doubt + result.unsent > 0 then getvariable('reason') end,
    settled_at = cast(now() as timestamp),
    sent = sync_runs.sent + result.sent,
    rejected = sync_runs.rejected + result.rejected,
    in_doubt = sync_runs.in_doubt + result.in_doubt,
    unsent = sync_runs.unsent + result.unsent,
    pending = result.pending,
    requests = sync_runs.requests + result.requests
from (
    select
        * replace (
            -- If what was planned got lost with the spool, so is what became of it.
            in_doubt + greatest(
                (
                    select added + changed + removed
                    from activation.sync_runs
                    where run_id = getvariable('run_id') and status = 'planned'
                ) - planned,
                0
            ) as in_doubt
        )
    from counted
) as result
where sync_runs.run_id = getvariable('run_id');
