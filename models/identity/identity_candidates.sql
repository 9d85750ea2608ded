-- Who may be one person without sharing an identifier. One row per pair of customers proposed.
with

latest as (

    select *
    from {{ ref('stg_fuzzy__candidates') }}
    qualify row_number() over (partition by pair_id order by proposed_at desc, batch_id desc) = 1

),

nodes as (

    select * from {{ ref('int_nodes') }}
    where
        node_id in (select a_node_id from latest)
        or node_id in (select b_node_id from latest)

),

named as (

    select
        latest.*,
        concat(a.identifier_type, ' ', a.identifier_value) as a,
        concat(b.identifier_type, ' ', b.identifier_value) as b
    from latest
    inner join nodes as a on latest.a_node_id = a.node_id
    inner join nodes as b on latest.b_node_id = b.node_id
    where not latest.is_deleted

),

-- A proposal names identifiers by number. In a warehouse that numbered them anew, the number is
-- another one's: then the beginning of the md5 differs, and the proposal is void.
proposed as (

    select
        *,
        least(a, b) as first_identifier,
        greatest(a, b) as second_identifier
    from named
    where left(md5(a), 8) = a_identifier and left(md5(b), 8) = b_identifier

),

-- Never is the stronger word.
decisions as (

    select
        least(concat(a_type, ' ', a_value), concat(b_type, ' ', b_value)) as first_identifier,
        greatest(concat(a_type, ' ', a_value), concat(b_type, ' ', b_value)) as second_identifier,
        bool_or(decision = 'never') as is_refused
    from {{ ref('identity_overrides') }}
    group by
        least(concat(a_type, ' ', a_value), concat(b_type, ' ', b_value)),
        greatest(concat(a_type, ' ', a_value), concat(b_type, ' ', b_value))

)

select
    proposed.a_node_id,
    proposed.b_node_id,
    proposed.score,
    proposed.model_version,
    proposed.proposed_at,
    case
        when decisions.is_refused then 'refused by a steward'
        when not decisions.is_refused then 'linked by a steward'
        when proposed.score >= {{ var('link_above') }} then 'linked'
        else 'awaiting a steward'
    end as status,
    proposed.batch_id
from proposed
left join decisions
    on
        proposed.first_identifier = decisions.first_identifier
        and proposed.second_identifier = decisions.second_identifier
