-- People who share an address, a device or a telephone. One row per household and member.
with

-- What several people use was refused as evidence of one person; it is evidence of one household.
shared as (

    select
        evidence.node_id,
        evidence.identifier_type,
        people.customer_id,
        min(evidence.first_batch_id) as first_batch_id
    from {{ ref('identity_evidence') }} as evidence
    inner join {{ ref('customer_ids') }} as people on evidence.anchor_node_id = people.node_id
    where
        evidence.guard in ('shared by too many', 'too many for one person')
        and evidence.identifier_type in ('anonymous_id', 'phone')
    group by evidence.node_id, evidence.identifier_type, people.customer_id

),

members as (

    select
        md5(concat('household ', cast(shared.node_id as varchar))) as household_id,
        shared.customer_id,
        case when shared.identifier_type = 'phone' then 'phone' else 'device' end as why,
        clock.as_on as since_on
    from shared
    left join {{ ref('clock') }} as clock on shared.first_batch_id = clock.batch_id
    union all
    select
        md5(concat('household ', address)),
        customer_id,
        'address',
        cast(street_first_at as date)
    from {{ ref('int_golden_contacts') }}
    where address is not null

),

counted as (

    select
        *,
        count(*) over (partition by household_id) as people
    from members

)

select
    household_id,
    customer_id,
    why,
    since_on
from counted
where people between 2 and {{ var('largest_household') }}
