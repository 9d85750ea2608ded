-- Why identifiers belong together, or not. One row per record and identifier beside its anchor.
with

memberships as (

    select * from {{ ref('int_memberships') }}
    where is_current

),

guarded as (

    select node_id, 'blocked value' as guard, reason as detail
    from {{ ref('int_blocked_nodes') }}
    union all
    select node_id, 'shared by too many', concat(cast(people as varchar), ' people use it')
    from {{ ref('int_crowded_nodes') }}

),

judged as (

    select
        memberships.*,
        types.rank,
        guarded.guard,
        guarded.detail
    from memberships
    inner join {{ ref('identifier_types') }} as types
        on memberships.identifier_type = types.identifier_type
    left join guarded on memberships.node_id = guarded.node_id

),

-- A star around the strongest identifier that no guard refuses: k - 1 edges instead of k squared.
anchored as (

    select
        *,
        min(case when guard is null then rank * cast(1000000000000 as bigint) + node_id end)
            over (partition by record_key)
        % cast(1000000000000 as bigint) as anchor_node_id
    from judged

)

select
    anchored.record_key,
    anchored.source,
    anchored.record_id,
    anchored.anchor_node_id,
    anchored.node_id,
    anchored.identifier_type,
    nodes.identifier_value,
    anchored.guard is null as is_used,
    anchored.guard,
    anchored.detail,
    anchored.first_batch_id
from anchored
inner join {{ ref('int_nodes') }} as nodes on anchored.node_id = nodes.node_id
where anchored.node_id is distinct from anchored.anchor_node_id
