-- Identifiers that prove nothing about who is who, and why. One row per such identifier.
select
    node_id,
    'blocked value' as guard,
    reason as detail
from {{ ref('int_blocked_nodes') }}
union all
select
    shared_nodes.node_id,
    'shared by too many' as guard,
    concat(cast(shared_nodes.people as varchar), ' people use it') as detail
from {{ ref('int_shared_nodes') }} as shared_nodes
inner join {{ ref('int_nodes') }} as nodes on shared_nodes.node_id = nodes.node_id
inner join {{ ref('identifier_types') }} as types
    on nodes.identifier_type = types.identifier_type
where
    shared_nodes.people > types.most_customers_per_value
    and shared_nodes.node_id not in (select node_id from {{ ref('int_blocked_nodes') }})
