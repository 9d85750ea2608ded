-- People as CRMs have them today, before who is who. One row per CRM record of a person.
{{ config(materialized='incremental', incremental_strategy='replace_touched') }}

with

people as (

    select
        node_id,
        customer_id
    from {{ ref('customer_ids') }}
    where customer_id in ({{ touched_customers() }})

)

select
    records.record_key as contact_id,
    records.source,
    people.customer_id,
    records.email,
    records.phone,
    records.first_name,
    records.last_name,
    records.street,
    records.city,
    records.postal_code,
    records.country,
    records.job_title,
    records.company_name,
    records.company_record_key,
    coalesce(records.has_opted_out_of_email, false) as has_opted_out_of_email,
    records.created_at,
    records.updated_at,
    records.batch_id
from {{ ref('int_contact_records') }} as records
inner join people on records.node_id = people.node_id
where
    records.is_current
    -- Other files tell how to reach people as well.
    and records.source in (select source from {{ ref('stg_crm__contacts') }})
