-- The plan in numbers. One row.
select
    (select count(*) from audience) as audience,
    (select count(*) from audience) - (select count(*) from consented) as withheld,
    (select count(*) from consented where obstacle is null)
    - (select count(*) from changes where operation <> 'removed') as unchanged,
    (select count(*) from changes where is_waiting and operation <> 'removed') as waiting,
    (select count(*) from batched where operation = 'added') as added,
    (select count(*) from batched where operation = 'changed') as changed,
    (select count(*) from batched where operation = 'removed') as removed,
    (select count(*) from consented where obstacle is not null) as rejected,
    (select count(*) from known) as known;
