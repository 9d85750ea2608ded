-- Runs of a sync that were planned and never settled.
select run_id
from activation.sync_runs
where sync = $sync and status = 'planned'
order by planned_at;
