-- Members of the loyalty programme as they are today. One row per membership.
{{ config(materialized='incremental', incremental_strategy='replace_touched') }}

with

people as (

    select
        node_id,
        customer_id
    from {{ ref('customer_ids') }}
    where customer_id in ({{ touched_customers() }})

),

latest as (

    select *
    from {{ ref('stg_loyalty__members') }}
    qualify row_number() over (
        partition by member_id order by updated_at desc, version_key desc
    ) = 1

)

select
    latest.member_id,
    people.customer_id,
    latest.tier,
    latest.points,
    latest.joined_on,
    latest.updated_at,
    latest.batch_id
from latest
inner join {{ ref('source_records') }} as records
    on records.source = 'loyalty' and latest.member_id = records.record_id
inner join people on records.node_id = people.node_id
where not latest.is_deleted
