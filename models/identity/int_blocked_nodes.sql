-- Identifiers whose value names nobody. One row per blocked identifier.
with

nodes as (

    select * from {{ ref('int_nodes') }}

),

blocked_values as (

    select * from {{ ref('blocked_values') }}
    where match = 'exact'

),

judged as (

    select
        nodes.node_id,
        coalesce(
            max(blocked_values.reason),
            max({{ blocked_reason('nodes.identifier_type', 'nodes.identifier_value') }})
        ) as reason
    from nodes
    left join blocked_values
        on
            lower(nodes.identifier_value) = blocked_values.value
            and blocked_values.identifier_type in ('any', nodes.identifier_type)
    group by nodes.node_id

)

select * from judged
where reason is not null
