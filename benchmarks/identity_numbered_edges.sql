select
    of_a.number as a,
    of_b.number as b
from graph.links as links
inner join numbers as of_a on links.a = of_a.node_id
inner join numbers as of_b on links.b = of_b.node_id
where links.is_used;
