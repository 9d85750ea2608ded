-- The links as Splink's pairwise predictions, and their nodes.
create table predictions as
select
    a as node_id_l,
    b as node_id_r
from project.graph.links
where is_used;
create table nodes as
select node_id_l as node_id
from predictions
union
select node_id_r
from predictions;
