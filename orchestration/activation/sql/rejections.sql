-- Open refusals of a sync. One row per reason.
select
    code,
    count(*) as refusals,
    count(*) filter (where retry_in_runs is null) as resting,
    min(greatest(retry_in_runs - 1, 1)) filter (where retry_in_runs is not null) as due_in_runs,
    min_by(message, customer_id) as example
from ledger.activation.sync_rejections
where sync = $sync and is_open
group by code
order by refusals desc, code asc;
