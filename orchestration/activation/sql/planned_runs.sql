-- Runs that are planned and not settled, and of whose rows the spool must have the list.
select
    run_id,
    sync,
    destination,
    added + changed + removed as planned
from ledger.activation.sync_runs
where
    status = 'planned'
    and added + changed + removed > 0
    and run_id not in (select sync_outbox.run_id from ledger.activation.sync_outbox);
