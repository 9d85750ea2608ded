-- What records state and stated of a person. One row per customer, statement and contact field.
{{ config(materialized='incremental', incremental_strategy='replace_touched') }}

with

people as (

    select
        node_id,
        customer_id
    from {{ ref('customer_ids') }}
    where
        customer_id in ({{ touched_customers() }})
        and customer_id in (
            select customer_id from {{ ref('customer_ids') }}
            where is_current
        )

),

crm_records as (

    select
        people.customer_id,
        records.*
    from {{ ref('int_contact_records') }} as records
    inner join people on records.node_id = people.node_id
    where not records.is_deleted

),

typed as (

    select
        people.customer_id,
        stated.*,
        concat('events/', cast(stated.node_id as varchar)) as record_key,
        max(stated.updated_at) over (partition by stated.node_id, stated.field) as latest_at
    from {{ ref('int_stated_contacts') }} as stated
    inner join people on stated.node_id = people.node_id

)

select
    customer_id,
    source,
    record_key,
    updated_at as stated_at,
    is_current,
    field,
    value
from crm_records
unpivot (
    value for field in (
        email, phone, first_name, last_name, street, city, postal_code, country, job_title,
        company_name, company_record_key
    )
)
union all
-- What was typed under one identifier is one record; its latest message is what it says now.
select
    customer_id,
    'events' as source,
    record_key,
    updated_at as stated_at,
    updated_at = latest_at as is_current,
    field,
    value
from typed
