-- That it is not known what a sync's destination holds, until a run goes out that somebody allowed.
insert into activation.sync_runs by name
select
    cast(uuidv7() as varchar) as run_id,
    getvariable('sync') as sync,
    getvariable('destination') as destination,
    'lost' as status,
    getvariable('reason') as reason,
    cast(now() as timestamp) as planned_at,
    cast(now() as timestamp) as settled_at,
    0 as audience,
    0 as withheld,
    0 as unsendable,
    0 as capped,
    0 as unchanged,
    0 as waiting,
    0 as added,
    0 as changed,
    0 as removed,
    0 as sent,
    0 as rejected,
    0 as in_doubt,
    0 as unsent,
    0 as pending,
    0 as requests;

-- A word that was given before is no word about this.
update activation.sync_approvals
set used_in_run_id = 'lost'
where sync = getvariable('sync') and used_in_run_id is null;
