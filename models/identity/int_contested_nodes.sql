-- Groups that a limit or a steward forbids to be one customer, taken apart. One row per identifier.
{{ config(materialized='contested', meta={'follows': 'int_links'}) }}

with

touched_groups as (

    {{ touched_groups() }}

),

members as (

    select
        groups.node_id,
        groups.component,
        nodes.identifier_type,
        types.most_per_customer
    from {{ ref('int_groups') }} as groups
    inner join touched_groups on groups.component = touched_groups.component
    inner join {{ ref('int_nodes') }} as nodes on groups.node_id = nodes.node_id
    inner join {{ ref('identifier_types') }} as types
        on nodes.identifier_type = types.identifier_type

),

kept_apart as (

    select
        decided.anchor_node_id as a,
        decided.node_id as b,
        decided.detail,
        of_a.component
    from {{ ref('int_stated_links') }} as decided
    inner join members as of_a on decided.anchor_node_id = of_a.node_id
    inner join members as of_b
        on
            decided.node_id = of_b.node_id
            and of_a.component = of_b.component
    where decided.guard = 'never link'

),

contested as (

    select component from members
    group by component, identifier_type
    having count(*) > min(most_per_customer)
    union
    select component from kept_apart

),

linked as (

    select
        links.anchor_node_id as a,
        links.node_id as b,
        min(links.strength) as strength
    from {{ ref('int_links') }} as links
    inner join members on links.node_id = members.node_id
    where links.is_used and members.component in (select component from contested)
    group by links.anchor_node_id, links.node_id

),

-- Of equally strong identifiers, the one that joins fewer others is the stronger evidence.
joining as (

    select
        b,
        strength,
        count(*) as joined
    from linked
    group by b, strength

)

select
    'link' as kind,
    linked.a,
    linked.b,
    case
        when linked.strength = 0 then 0
        else linked.strength * 10 + case
            when joining.joined = 1 then 0
            when joining.joined = 2 then 1
            when joining.joined <= 4 then 2
            when joining.joined <= 8 then 3
            else 4
        end
    end as strength,
    cast(null as varchar) as name,
    cast(null as integer) as most
from linked
inner join joining on linked.b = joining.b and linked.strength = joining.strength
union all
select 'limit', node_id, null, null, identifier_type, most_per_customer from members
where most_per_customer is not null and component in (select component from contested)
union all
select 'never', a, b, null, detail, null from kept_apart
union all
select 'again', node_id, null, null, null, null from {{ ref('int_groups') }}
where
    component in (select component from touched_groups)
    and node_id in ({{ held_in_this('node_id') }})
