-- The link that made a customer id move, or whose loss did. One row per move of the latest build.
with

moved as (

    select * from {{ ref('int_clusters') }}
    where
        version = (select max(version) from {{ ref('int_clusters') }})
        -- Who arrived with the latest build was nobody before.
        and previous_component <> component

),

links as (

    select * from {{ ref('int_judged_links') }}
    where
        -- A word that was taken back long ago is no cause any more.
        (
            guard is distinct from 'withdrawn'
            or version = (select max(version) from {{ ref('int_links') }})
        )
        and record_key in (
            select record_key from {{ ref('int_links') }}
            where
                node_id in (select node_id from moved)
                or anchor_node_id in (select node_id from moved)
        )

),

held as (

    select record_key, source, node_id, guard, strength, first_batch_id from links
    union all
    select record_key, source, anchor_node_id, null, 0, min(first_batch_id) from links
    where anchor_node_id is not null
    group by record_key, source, anchor_node_id

),

stations as (

    select
        held.*,
        case
            when moved.previous_component is null then ids.customer_id
            else {{ customer_id('moved.previous_component') }}
        end as customer_before,
        ids.customer_id
    from held
    left join moved on held.node_id = moved.node_id
    left join {{ ref('customer_ids') }} as ids on held.node_id = ids.node_id

),

-- Two identifiers of one record that came together or went apart.
pairs as (

    select
        moved.version,
        moved.previous_component,
        moved.component,
        one.record_key,
        one.source,
        one.node_id,
        other.node_id as anchor_node_id,
        coalesce(one.guard, other.guard) as guard,
        greatest(one.strength, other.strength) as strength,
        greatest(one.first_batch_id, other.first_batch_id) as first_batch_id
    from moved
    inner join stations as one on moved.node_id = one.node_id
    inner join stations as other
        on
            one.record_key = other.record_key
            and one.node_id <> other.node_id
    where
        (
            moved.component < moved.previous_component
            and one.guard is null and other.guard is null
            and one.customer_before <> other.customer_before
            and one.customer_id = other.customer_id
        )
        or (
            one.customer_before = other.customer_before
            and one.customer_id is distinct from other.customer_id
        )

)

select * from pairs
qualify
    row_number() over (
        partition by version, previous_component, component
        order by strength asc, record_key asc, node_id asc, anchor_node_id asc
    ) = 1
