-- A project's graph: the first edges, as many as the variable `links` says, each a piece of evidence.
-- All are kept in `arriving`.
create table arriving as
select
    number,
    a,
    b
from graph_file.{kind}_edges;
insert into graph.links (evidence, a, b, is_used, version)
select
    concat('e', number),
    a,
    b,
    true,
    1
from arriving
where number <= getvariable('links');
update runs.watermarks set version = 1 where model = 'links';
