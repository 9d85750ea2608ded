-- One run.
select *
from activation.sync_runs
where run_id = $run_id;
