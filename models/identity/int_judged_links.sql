-- Links with all that refuses them, limits of a whole customer included. One row per link.
{{ config(materialized='view') }}

select
    links.record_key,
    links.source,
    links.record_id,
    links.anchor_node_id,
    links.node_id,
    links.identifier_type,
    links.strength,
    coalesce(links.guard, contested.guard) as guard,
    coalesce(links.detail, contested.detail) as detail,
    links.first_batch_id,
    links.version
from {{ ref('int_links') }} as links
left join {{ ref('int_contested_nodes') }} as contested
    on
        links.node_id = contested.node_id
        and links.is_used
        -- The last digit of what gave way only tells equally strong links apart.
        and links.strength * 10 + 9 >= contested.strength
