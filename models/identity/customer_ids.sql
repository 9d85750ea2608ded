-- Who is who: every identifier's customer today. One row per identifier.
{{ config(
    materialized='incremental', incremental_strategy='delete+insert', unique_key='node_id'
) }}

with

touched as (

    select node_id from {{ ref('int_nodes') }}
    where {{ is_new('first_batch_id') }}
    union
    select node_id from {{ ref('int_memberships') }}
    where {{ is_new('last_batch_id') }}
    union
    select node_id from {{ ref('int_clusters') }}
    where {{ is_new() }}

),

nodes as (

    select nodes.*
    from {{ ref('int_nodes') }} as nodes
    inner join touched on nodes.node_id = touched.node_id
    where nodes.node_id not in (select node_id from {{ ref('int_blocked_nodes') }})

),

latest_clusters as (

    select
        clusters.node_id,
        max_by(clusters.component, clusters.version) as component
    from {{ ref('int_clusters') }} as clusters
    inner join touched on clusters.node_id = touched.node_id
    group by clusters.node_id

),

sightings as (

    select
        memberships.node_id,
        max(memberships.last_batch_id) as last_batch_id,
        bool_or(memberships.is_own) as is_current
    from {{ ref('int_memberships') }} as memberships
    inner join touched on memberships.node_id = touched.node_id
    group by memberships.node_id

)

select
    nodes.node_id,
    nodes.identifier_type,
    nodes.identifier_value,
    {{ customer_id('coalesce(latest_clusters.component, nodes.node_id)') }} as customer_id,
    {{ customer_id('nodes.node_id') }} as own_customer_id,
    coalesce(sightings.is_current, false) as is_current,
    nodes.first_batch_id,
    coalesce(sightings.last_batch_id, nodes.first_batch_id) as last_batch_id
from nodes
left join latest_clusters on nodes.node_id = latest_clusters.node_id
left join sightings on nodes.node_id = sightings.node_id
