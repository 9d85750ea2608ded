-- Identifiers whose value names nobody. One row per blocked identifier.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

nodes as (

    select * from {{ ref('int_nodes') }}
    where {{ is_new('first_batch_id') }}

),

blocked_values as (

    select * from {{ ref('blocked_values') }}
    where match = 'exact'

),

exact as (

    select
        nodes.node_id,
        max(blocked_values.reason) as reason
    from nodes
    inner join blocked_values
        on
            lower(nodes.identifier_value) = blocked_values.value
            and blocked_values.identifier_type in ('any', nodes.identifier_type)
    group by nodes.node_id

),

judged as (

    select
        nodes.node_id,
        coalesce(
            exact.reason,
            {{ blocked_reason('nodes.identifier_type', 'nodes.identifier_value') }}
        ) as reason
    from nodes
    left join exact on nodes.node_id = exact.node_id

)

select * from judged
where reason is not null
