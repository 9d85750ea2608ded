-- Runs of a sync that were planned and came to no end. One row per run.
select
    run_id,
    planned_at,
    added,
    changed,
    removed
from ledger.activation.sync_runs
where sync = $sync and status = 'planned'
order by planned_at, run_id;
