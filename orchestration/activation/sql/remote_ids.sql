-- Of which sync the rows of the outbox are, and the vendor's own ids of them.
set variable sync = (
    select sync
    from ledger.activation.sync_runs
    where run_id = getvariable('run_id')
);

create or replace temp table remote_ids as
select
    match_value,
    remote_id
from ledger.activation.sync_state
where
    sync = getvariable('sync')
    and coalesce(target, getvariable('target')) = getvariable('target')
    and remote_id is not null
    and match_value in (select outbox.match_value from outbox);
