-- A run as it is planned, or one that sends nothing, and why.
insert into activation.sync_runs by name
select
    $run_id as run_id,
    $sync as sync,
    $destination as destination,
    $status as status,
    $reason as reason,
    $published_at as published_at,
    cast(now() as timestamp) as planned_at,
    case when $status <> 'planned' then cast(now() as timestamp) end as settled_at,
    $audience as audience,
    $withheld as withheld,
    $unchanged as unchanged,
    $waiting as waiting,
    $added as added,
    $changed as changed,
    $removed as removed,
    0 as sent,
    $rejected as rejected,
    0 as in_doubt,
    0 as unsent,
    0 as requests;
