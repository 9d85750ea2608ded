-- Profiles say of each contact field exactly what the chosen contact points say.
{{ config(tags=['hourly'], meta={'dagster': {'ref': {'name': 'customers'}}}) }}
with

profiles as (

    select
        customer_id,
        email,
        phone,
        first_name,
        last_name,
        street,
        city,
        postal_code,
        country,
        job_title,
        company_name
    from {{ ref('customers') }}

),

believed as (

    select
        customer_id,
        field,
        value
    from profiles
    unpivot (
        value for field in (
            email, phone, first_name, last_name, street, city, postal_code, country, job_title,
            company_name
        )
    )

),

chosen as (

    select
        customer_id,
        field,
        value
    from {{ ref('customer_contact_points') }}
    where is_chosen and field <> 'company_record_key'

)

select
    coalesce(believed.customer_id, chosen.customer_id) as customer_id,
    coalesce(believed.field, chosen.field) as field
from believed
full outer join chosen
    on
        believed.customer_id = chosen.customer_id
        and believed.field = chosen.field
        and believed.value = chosen.value
where believed.customer_id is null or chosen.customer_id is null
