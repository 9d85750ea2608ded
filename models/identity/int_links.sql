-- What puts identifiers beside each other, or a guard's refusal. One row per record and identifier.
{{ config(
    materialized='incremental', incremental_strategy='delete+insert', unique_key='record_key',
    meta={'follows': 'int_links'}
) }}

with

guarded as (

    select * from {{ ref('int_guarded_nodes') }}

),

decided as (

    select * from {{ ref('int_stated_links') }}

),

redecided as (

    {{ newly_decided('decided') }}

),

regarded as (

    {{ newly_guarded('guarded') }}
    union
    select anchor_node_id from redecided
    union
    select node_id from redecided

),

touched as (

    select record_key from {{ ref('int_memberships') }}
    where {{ is_new('last_batch_id') }}
    union
    select record_key from {{ ref('int_memberships') }}
    where node_id in (select node_id from regarded)

),

judged as (

    select
        memberships.*,
        nodes.identifier_value,
        types.rank,
        case when memberships.is_current then guarded.guard else 'no longer stated' end as guard,
        case when memberships.is_current then guarded.detail end as detail
    from {{ ref('int_memberships') }} as memberships
    inner join touched on memberships.record_key = touched.record_key
    inner join {{ ref('int_nodes') }} as nodes on memberships.node_id = nodes.node_id
    inner join {{ ref('identifier_types') }} as types
        on memberships.identifier_type = types.identifier_type
    left join guarded on memberships.node_id = guarded.node_id

),

-- A star around the strongest identifier that no guard refuses: k - 1 edges instead of k squared.
anchors as (

    select
        record_key,
        min_by(node_id, concat(cast(rank + 1000 as varchar), identifier_value)) filter (
            where guard is null
        ) as anchor_node_id
    from judged
    group by record_key
    having count(*) > 1

),

links as (

    select
        judged.record_key, judged.source, judged.record_id, anchors.anchor_node_id, judged.node_id,
        judged.identifier_type, judged.rank as strength,
        coalesce(judged.guard, decided.guard) as guard,
        coalesce(judged.detail, decided.detail) as detail,
        judged.first_batch_id
    from judged
    inner join anchors on judged.record_key = anchors.record_key
    left join decided
        on
            decided.guard = 'never link'
            and judged.guard is null
            and least(judged.node_id, anchors.anchor_node_id)
            = least(decided.node_id, decided.anchor_node_id)
            and greatest(judged.node_id, anchors.anchor_node_id)
            = greatest(decided.node_id, decided.anchor_node_id)
    where judged.node_id is distinct from anchors.anchor_node_id
    union all
    select
        record_key, source, record_id, anchor_node_id, node_id,
        identifier_type, strength, guard, detail, first_batch_id
    from redecided

)

select
    *,
    guard is null as is_used,
    cast({{ next_version() }} as bigint) as version
from links
