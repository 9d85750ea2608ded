-- Identifiers that too many people share to prove anything. One row per crowded identifier.
with

memberships as (

    select * from {{ ref('int_memberships') }}
    where
        is_current
        and node_id not in (select node_id from {{ ref('int_blocked_nodes') }})

),

people as (

    select record_key, node_id as person_node_id
    from memberships
    where identifier_type = 'user_id'

),

sharing as (

    select
        memberships.node_id,
        memberships.identifier_type,
        count(distinct people.person_node_id) as people
    from memberships
    inner join people on memberships.record_key = people.record_key
    where memberships.identifier_type <> 'user_id'
    group by memberships.node_id, memberships.identifier_type

)

select
    sharing.node_id,
    sharing.people
from sharing
inner join {{ ref('identifier_types') }} as types
    on sharing.identifier_type = types.identifier_type
where sharing.people > types.most_people_per_value
