-- The edges of a graph in the order in which they arrive, with the identifiers as they are
-- (raw_edges) and numbered as they come (dense_edges), as many as the variable `edges` says.
create table raw_edges as
select
    row_number() over (order by hash(a, b)) as number,
    a,
    b
from edges;
delete from raw_edges
where number > getvariable('edges');
drop table edges;
create temp table nodes as
select
    node,
    row_number() over (order by min(number), node) as id
from (
    select
        number,
        a as node
    from raw_edges
    union all
    select
        number,
        b
    from raw_edges
) as ends
group by node;
create table dense_edges as
select
    raw_edges.number,
    of_a.id as a,
    of_b.id as b
from raw_edges
inner join nodes as of_a on raw_edges.a = of_a.node
inner join nodes as of_b on raw_edges.b = of_b.node;
