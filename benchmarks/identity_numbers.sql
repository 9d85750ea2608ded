-- A number below their count for every linked node, as scipy needs it.
create or replace temp table numbers as
select
    node_id,
    cast(row_number() over () - 1 as integer) as number
from (
    select a as node_id
    from graph.links
    where is_used
    union
    select b
    from graph.links
    where is_used
) as nodes;
