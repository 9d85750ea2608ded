-- Which cluster an identifier is or was in. One row per identifier and change of cluster.
{{ config(
    materialized='incremental', incremental_strategy='append', full_refresh=false,
    meta={'follows': 'int_links'}
) }}

with

touched_groups as (

    {{ touched_groups() }}

),

placed as (

    select
        groups.node_id,
        coalesce(contested.component, groups.component) as component
    from {{ ref('int_groups') }} as groups
    inner join touched_groups on groups.component = touched_groups.component
    left join {{ ref('int_contested_nodes') }} as contested on groups.node_id = contested.node_id

),

placed_before as (

    {{ latest_components('placed') }}

),

-- A node that no link reaches any more is its own cluster again.
compared as (

    select
        coalesce(placed.node_id, placed_before.node_id) as node_id,
        coalesce(placed.component, placed_before.node_id) as component,
        placed_before.component as previous_component
    from placed
    full outer join placed_before on placed.node_id = placed_before.node_id

),

moved as (

    select * from compared
    where component <> coalesce(previous_component, node_id)

)

select
    moved.node_id,
    moved.component,
    -- Who arrived since the last build never was a customer under a number of their own.
    coalesce(
        moved.previous_component,
        case when nodes.first_batch_id <= {{ batch_before() }} then moved.node_id end
    ) as previous_component,
    cast({{ highest_in_this("version") }} + 1 as bigint) as version,
    {{ current_batch() }} as batch_id,
    cast(current_timestamp as timestamp) as changed_at
from moved
inner join {{ ref('int_nodes') }} as nodes on moved.node_id = nodes.node_id
