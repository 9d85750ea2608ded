-- The plan in numbers. One row.
select
    (select count(*) from audience) as audience,
    (select count(*) from audience where not is_consented) as withheld,
    (select count(*) from sendable)
    - (select count(*) from changes where operation <> 'removed') as unchanged,
    (select count(*) from changes where is_waiting and operation <> 'removed') as waiting,
    (select count(*) from changes where is_capped) as capped,
    (select count(*) from batched where operation = 'added') as added,
    (select count(*) from batched where operation = 'changed') as changed,
    (select count(*) from batched where operation = 'removed') as removed,
    (select count(*) from unaddressable) as unsendable,
    (select count(*) from known) as known,
    (select count(*) from stranded) as stranded,
    (select lost.reason from lost) as loss,
    (select coalesce(max(former.meant), 0) from former) as former,
    (select max(approved.added) from approved) as approved_added,
    (select max(approved.removed) from approved) as approved_removed;
