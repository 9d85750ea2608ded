-- Nodes that `found` puts into another component than scipy does. Who has no link stands alone.
with

expected as (

    select
        node_id,
        min(node_id) over (partition by component) as component
    from by_scipy

)

select count(*)
from found
full join expected on found.node_id = expected.node_id
where found.component is distinct from coalesce(expected.component, found.node_id);
