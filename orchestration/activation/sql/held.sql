-- The sync's last run, if a guard held it.
select
    run_id,
    reason,
    added,
    changed,
    removed
from (
    select *
    from ledger.activation.sync_runs
    where sync = $sync and status <> 'skipped'
    order by planned_at desc, run_id desc
    limit 1
)
where status = 'held';
