-- Which identifiers a source record has or had. One row per record and identifier.
{{ config(
    materialized='incremental', incremental_strategy='delete+insert', unique_key='record_key'
) }}

with

touched as (

    select distinct record_key from {{ ref('int_identifiers') }}
    where {{ is_new() }}

),

versions as (

    select identifiers.*
    from {{ ref('int_identifiers') }} as identifiers
    inner join touched on identifiers.record_key = touched.record_key

),

ranked as (

    select
        *,
        -- A record that changed concerns also the people it used to name.
        max(batch_id) over (partition by record_key) as last_batch_id,
        dense_rank() over (
            partition by record_key
            order by version_at desc nulls last, version_key desc
        ) as age
    from versions

),

members as (

    select
        ranked.record_key,
        ranked.source,
        ranked.record_id,
        nodes.node_id,
        ranked.identifier_type,
        min(ranked.batch_id) as first_batch_id,
        max(ranked.last_batch_id) as last_batch_id,
        bool_or(ranked.age = 1 and not ranked.is_deleted) as is_current
    from ranked
    inner join {{ ref('int_nodes') }} as nodes
        on
            ranked.identifier_type = nodes.identifier_type
            and ranked.identifier_value = nodes.identifier_value
    group by
        ranked.record_key, ranked.source, ranked.record_id, nodes.node_id, ranked.identifier_type

)

select * from members
