-- The first edges as links, as many as the variable `links` says, each a piece of evidence.
insert into graph.links (evidence, a, b, is_used, version)
select
    concat('e', number),
    a,
    b,
    true,
    1
from arriving
where number <= getvariable('links');
update runs.watermarks set version = 1
where model = 'links';
