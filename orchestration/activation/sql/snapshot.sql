-- What the plan needs of the ledger, copied out of it, so that nobody waits for the plan.
create or replace temp table known as
select
    match_value,
    customer_id,
    -- A file that somebody took away is written again.
    case when not coalesce(getvariable('is_lost'), false) then fields_hash end as fields_hash,
    remote_id,
    row_key,
    doubted_hash
from ledger.activation.sync_state
where
    sync = getvariable('sync')
    and coalesce(target, getvariable('target')) = getvariable('target');

-- What it holds where it was sent before it was declared otherwise.
create or replace temp table stranded as
select match_value
from ledger.activation.sync_state
where
    sync = getvariable('sync')
    and target <> getvariable('target');

create or replace temp table refused as
select
    customer_id,
    operation = 'removed' as is_removal,
    fields_hash,
    code,
    retry_in_runs
from ledger.activation.sync_rejections
where sync = getvariable('sync') and is_open;

-- Rows that the vendor has taken in and not yet told about.
create or replace temp table under_way as
select
    match_value,
    customer_id
from ledger.activation.sync_outbox
where sync = getvariable('sync');

create or replace temp table approved as
select
    run_id,
    added,
    removed
from ledger.activation.sync_approvals
where sync = getvariable('sync') and used_in_run_id is null
qualify row_number() over (order by approved_at desc, run_id desc) = 1;

-- Why nobody knows what it holds, if no run has gone out since that was noticed.
create or replace temp table lost as
select max_by(reason, planned_at) as reason
from ledger.activation.sync_runs
where
    sync = getvariable('sync')
    and status = 'lost'
    and planned_at > coalesce(
        (
            select max(gone_out.planned_at)
            from ledger.activation.sync_runs as gone_out
            where
                gone_out.sync = getvariable('sync')
                and gone_out.status in ('planned', 'settled', 'partial', 'pending')
        ),
        cast('-infinity' as timestamp)
    );

-- How many the last run that went out was about, whatever became of it.
create or replace temp table former as
select audience - withheld as meant
from ledger.activation.sync_runs
where
    sync = getvariable('sync')
    and status in ('planned', 'settled', 'partial', 'pending')
qualify row_number() over (order by planned_at desc, run_id desc) = 1;

-- Who was written to lately, by the syncs that count as writing to somebody.
create or replace temp table contacted as
select
    sync,
    customer_id,
    sent_at
from ledger.activation.sync_changes
where
    operation = 'added'
    and list_contains(cast(getvariable('pressing_peers') as varchar[]), sync)
    and sent_at >= cast(now() as timestamp) - to_days(cast(getvariable('longest_period') as integer));

-- Whom the others of these syncs hold already.
create or replace temp table held_by_peers as
select
    sync,
    customer_id
from ledger.activation.sync_state
where list_contains(cast(getvariable('pressing_peers') as varchar[]), sync);
