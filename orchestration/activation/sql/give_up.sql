-- Nobody can tell any more what became of these.
update activation.sync_runs
set
    status = 'lost',
    settled_at = cast(now() as timestamp)
where status = 'planned' and run_id in (select lost_runs.run_id from lost_runs);
