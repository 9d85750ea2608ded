-- What the ledger should know and does not. One row per sync.
select
    sync,
    coalesce(max(destination), 'unknown') as destination,
    count(distinct run_id) as runs,
    sum(sent) as sent
from lost_runs
group by sync
order by sync;
