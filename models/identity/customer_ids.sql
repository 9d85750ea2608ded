-- Who is who: every identifier's customer today. One row per identifier.
with

nodes as (

    select * from {{ ref('int_nodes') }}
    where node_id not in (select node_id from {{ ref('int_blocked_nodes') }})

),

latest_clusters as (

    select
        node_id,
        max_by(component, version) as component
    from {{ ref('int_clusters') }}
    group by node_id

),

sightings as (

    select
        node_id,
        max(last_batch_id) as last_batch_id,
        bool_or(is_current) as is_current
    from {{ ref('int_memberships') }}
    group by node_id

)

select
    nodes.node_id,
    nodes.identifier_type,
    nodes.identifier_value,
    {{ customer_id('coalesce(latest_clusters.component, nodes.node_id)') }} as customer_id,
    coalesce(sightings.is_current, false) as is_current,
    nodes.first_batch_id,
    coalesce(sightings.last_batch_id, nodes.first_batch_id) as last_batch_id
from nodes
left join latest_clusters on nodes.node_id = latest_clusters.node_id
left join sightings on nodes.node_id = sightings.node_id
