-- Why identifiers belong together, or do not. One row per record and identifier beside its anchor.
{{ config(
    materialized='incremental', incremental_strategy='delete+insert', unique_key='record_key'
) }}

with

guarded as (

    select
        node_id,
        'blocked value' as guard,
        reason as detail
    from {{ ref('int_blocked_nodes') }}
    union all
    select
        node_id,
        'shared by too many' as guard,
        concat(cast(people as varchar), ' people use it') as detail
    from {{ ref('int_crowded_nodes') }}

),

guarded_before as (

    {{ guarded_in_this() }}

),

regarded as (

    select coalesce(guarded.node_id, guarded_before.node_id) as node_id
    from guarded
    full outer join guarded_before on guarded.node_id = guarded_before.node_id
    where guarded.detail is distinct from guarded_before.detail

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
        types.rank,
        case when memberships.is_current then guarded.guard else 'no longer stated' end as guard,
        case when memberships.is_current then guarded.detail end as detail
    from {{ ref('int_memberships') }} as memberships
    inner join touched on memberships.record_key = touched.record_key
    inner join {{ ref('identifier_types') }} as types
        on memberships.identifier_type = types.identifier_type
    left join guarded on memberships.node_id = guarded.node_id

),

-- A star around the strongest identifier that no guard refuses: k - 1 edges instead of k squared.
anchors as (

    select
        record_key,
        min(case when guard is null then rank * cast(1000000000000 as bigint) + node_id end)
        % cast(1000000000000 as bigint) as anchor_node_id
    from judged
    group by record_key
    having count(*) > 1 or not bool_or(guard is null)

)

select
    judged.record_key,
    judged.source,
    judged.record_id,
    anchors.anchor_node_id,
    judged.node_id,
    judged.identifier_type,
    nodes.identifier_value,
    judged.guard is null as is_used,
    judged.guard,
    judged.detail,
    judged.first_batch_id
from judged
inner join anchors on judged.record_key = anchors.record_key
inner join {{ ref('int_nodes') }} as nodes on judged.node_id = nodes.node_id
where judged.node_id is distinct from anchors.anchor_node_id
