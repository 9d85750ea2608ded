-- How identity moved since it last passed its checks. One row per measure and bucket.
{{ config(materialized='view') }}

with

accepted as (

    {{ accepted_identity() }}

),

changes as (

    select
        history.reason,
        count(*) as ids
    from {{ ref('customer_id_history') }} as history
    inner join accepted on history.version > accepted.version
    group by history.reason

),

moved as (

    select
        clusters.node_id,
        min_by(clusters.previous_component, clusters.version) as component_before,
        max_by(clusters.component, clusters.version) as component
    from {{ ref('int_clusters') }} as clusters
    inner join accepted on clusters.version > accepted.version
    group by clusters.node_id

),

known as (

    select
        ids.customer_id,
        moved.component,
        moved.component_before
    from {{ ref('customer_ids') }} as ids
    inner join accepted on ids.first_batch_id <= accepted.batch_id
    left join moved on ids.node_id = moved.node_id

),

-- A component is called after its oldest identifier: who went to an older one was merged away,
-- unless somebody stayed behind.
merged as (

    select distinct {{ customer_id('component_before') }} as customer_id
    from known
    where
        component < component_before
        and {{ customer_id('component_before') }}
        not in (select customer_id from {{ ref('customer_ids') }})

),

totals as (

    select
        (select count(*) from merged) as merged,
        count(distinct case
            when component_before is null then customer_id
            else {{ customer_id('component_before') }}
        end) as customers
    from known

)

select
    'version' as measure,
    'all' as bucket,
    coalesce(max(version), 0) as numerator,
    cast(null as bigint) as denominator,
    'Counts the builds of identity that changed anything, as `customer_id_history` does.'
        as description
from {{ ref('int_clusters') }}
union all
select
    'changed customer ids', reason, ids, null,
    'Rows of `customer_id_history` since identity last passed its checks, by reason.'
from changes
union all
select
    'merged customers', 'all', merged, customers,
    'The share of customers at the last passed checks whose id is another''s since; bounded.'
from totals
