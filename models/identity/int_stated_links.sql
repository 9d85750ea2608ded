-- Links that somebody decided instead of a record showing them. One row per decision in force.
with

-- Of all identifiers only those that somebody decided on.
identifiers as (

    select
        *,
        concat(identifier_type, ' ', identifier_value) as identifier
    from {{ ref('int_nodes') }}
    where
        (
            identifier_value in (select a_value from {{ ref('identity_overrides') }})
            or identifier_value in (select b_value from {{ ref('identity_overrides') }})
            or node_id in (select a_node_id from {{ ref('identity_candidates') }})
            or node_id in (select b_node_id from {{ ref('identity_candidates') }})
        )
        and node_id not in (select node_id from {{ ref('int_blocked_nodes') }})

),

-- A steward's word never gives way.
overrides as (

    select
        'override' as source,
        concat(a_type, ' ', a_value) as one,
        concat(b_type, ' ', b_value) as other,
        0 as strength,
        case decision when 'never' then 'never link' end as guard,
        concat(who, ': ', why) as detail
    from {{ ref('identity_overrides') }}

),

-- A likeness is weaker than any identifier, and proves nothing about one that many share.
likenesses as (

    select
        'fuzzy' as source,
        a.identifier as one,
        b.identifier as other,
        cast(100 + round((1 - candidates.score) * 100) as integer) as strength,
        cast(null as varchar) as guard,
        concat('alike with probability ', cast(round(candidates.score, 3) as varchar)) as detail
    from {{ ref('identity_candidates') }} as candidates
    inner join identifiers as a on candidates.a_node_id = a.node_id
    inner join identifiers as b on candidates.b_node_id = b.node_id
    where
        candidates.status = 'linked'
        and a.node_id not in (select node_id from {{ ref('int_guarded_nodes') }})
        and b.node_id not in (select node_id from {{ ref('int_guarded_nodes') }})

),

decisions as (

    select * from overrides
    union all
    select * from likenesses

),

-- By their values and not by their numbers, which tell who arrived first.
placed as (

    select
        decisions.*,
        a.node_id as anchor_node_id,
        b.node_id,
        b.identifier_type,
        concat(cast(a.node_id as varchar), '|', cast(b.node_id as varchar)) as record_id,
        greatest(a.first_batch_id, b.first_batch_id) as first_batch_id
    from decisions
    inner join identifiers as a on least(decisions.one, decisions.other) = a.identifier
    inner join identifiers as b on greatest(decisions.one, decisions.other) = b.identifier

)

select
    concat(source, '/', record_id) as record_key,
    source,
    record_id,
    anchor_node_id,
    node_id,
    identifier_type,
    strength,
    guard,
    detail,
    first_batch_id
from placed
