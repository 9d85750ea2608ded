-- Runs of a sync that a crash interrupted, and those of which a vendor has yet to tell the rest.
select
    run_id,
    status
from ledger.activation.sync_runs
where sync = $sync and status in ('planned', 'pending')
order by planned_at, run_id;
