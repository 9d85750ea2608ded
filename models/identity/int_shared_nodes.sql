-- How many people state an identifier beside their own. One row per identifier that may be shared.
{{ config(
    materialized='incremental', incremental_strategy='delete+insert', unique_key='node_id'
) }}

with

types as (

    select
        identifier_type,
        is_unique_per_person
    from {{ ref('identifier_types') }}

),

touched as (

    select distinct node_id from {{ ref('int_memberships') }}
    where
        {{ is_new('last_batch_id') }}
        and identifier_type in (
            select identifier_type from types
            where not is_unique_per_person
        )

),

records as (

    select distinct record_key from {{ ref('int_memberships') }}
    where node_id in (select node_id from touched)

),

stated as (

    select
        memberships.record_key,
        memberships.node_id,
        memberships.identifier_type,
        types.is_unique_per_person
    from {{ ref('int_memberships') }} as memberships
    inner join records on memberships.record_key = records.record_key
    inner join types on memberships.identifier_type = types.identifier_type
    where
        memberships.is_current
        and memberships.node_id not in (select node_id from {{ ref('int_blocked_nodes') }})

),

-- Who has an account and is entered in two CRMs counts once: the kind that knows most decides.
counted as (

    select
        shared.node_id,
        people.identifier_type,
        count(distinct people.node_id) as people
    from stated as shared
    inner join stated as people
        on
            shared.record_key = people.record_key
            and people.is_unique_per_person
    where not shared.is_unique_per_person
    group by shared.node_id, people.identifier_type

),

most as (

    select
        node_id,
        max(people) as people
    from counted
    group by node_id

)

select
    touched.node_id,
    coalesce(most.people, 0) as people
from touched
left join most on touched.node_id = most.node_id
