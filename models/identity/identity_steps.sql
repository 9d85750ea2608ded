-- How each identifier comes to its customer: the way to the founding one. One row per identifier.
{{ config(
    materialized='incremental', incremental_strategy='replace_touched',
    meta={'follows': 'int_links'}
) }}

with

touched_groups as (

    {{ touched_groups() }}

),

-- A rule may change by which links a customer hangs together, and not who is in it.
due as (

    {{ touched_customers() }}
    union
    select customer_ids.customer_id
    from {{ ref('customer_ids') }} as customer_ids
    inner join {{ ref('int_groups') }} as groups on customer_ids.node_id = groups.node_id
    inner join touched_groups on groups.component = touched_groups.component

),

people as (

    select
        *,
        customer_id = own_customer_id as is_founder
    from {{ ref('customer_ids') }}
    where customer_id in (select customer_id from due)

),

evidence as (

    select
        evidence.*,
        least(evidence.anchor_node_id, evidence.node_id) as a,
        greatest(evidence.anchor_node_id, evidence.node_id) as b
    from {{ ref('identity_evidence') }} as evidence
    inner join people on evidence.node_id = people.node_id
    where evidence.is_used

),

-- Records that say the same stand behind one link; the first by name speaks for all.
links as (

    select
        a,
        b,
        min(record_key) as record_key,
        min_by(source, record_key) as source
    from evidence
    group by a, b

)

select
    people.node_id,
    people.customer_id,
    people.identifier_type,
    people.identifier_value,
    walked.steps,
    walked.previous_node_id,
    links.record_key,
    links.source
from {{ breadth_first('people', 'is_founder', 'links') }} as walked
inner join people on walked.node_id = people.node_id
left join links
    on
        least(walked.node_id, walked.previous_node_id) = links.a
        and greatest(walked.node_id, walked.previous_node_id) = links.b
