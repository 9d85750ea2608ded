-- Which links count, and which identifiers have the most. One row per measure and bucket.
{{ config(materialized='view') }}

with

links as (

    select
        coalesce(guard, 'used') as guard,
        count(*) as links
    from {{ ref('identity_evidence') }}
    group by coalesce(guard, 'used')

),

-- What a guard refuses may stand in any number of records and connects nobody.
connected as (

    select
        node_id,
        count(*) as records
    from {{ ref('int_memberships') }}
    where
        is_current
        and node_id not in (select node_id from {{ ref('int_guarded_nodes') }})
    group by node_id
    order by records desc, node_id asc
    limit 10

),

neighbours as (

    select
        anchor_node_id as node_id,
        node_id as neighbour_id
    from {{ ref('identity_evidence') }}
    where is_used and anchor_node_id in (select node_id from connected)
    union
    select
        node_id,
        anchor_node_id
    from {{ ref('identity_evidence') }}
    where is_used and node_id in (select node_id from connected)

),

degrees as (

    select
        connected.node_id,
        count(neighbours.neighbour_id) as neighbours
    from connected
    left join neighbours on connected.node_id = neighbours.node_id
    group by connected.node_id

)

select
    'used links' as measure,
    'all' as bucket,
    links as numerator,
    cast(null as bigint) as denominator,
    'Links in `identity_evidence` that count.' as description
from links
where guard = 'used'
union all
select
    'refused links', guard, links, null,
    'Links in `identity_evidence` that this guard refuses.'
from links
where guard <> 'used'
union all
select
    'records of a most connected identifier', cast(node_id as varchar), records, null,
    'The ten identifiers (`node_id`) in the most records; what wrongly glues people is among them.'
from connected
union all
select
    'neighbours of a most connected identifier', cast(node_id as varchar), neighbours, null,
    'To how many other identifiers such an identifier is linked.'
from degrees
