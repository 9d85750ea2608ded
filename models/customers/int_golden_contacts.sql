-- The contact fields to believe, each with who said it and when. One row per customer.
{{ config(materialized='incremental', incremental_strategy='replace_touched') }}

with

chosen as (

    select
        customer_id,
        {{ believed('email') }},
        {{ believed('phone') }},
        {{ believed('first_name') }},
        {{ believed('last_name') }},
        {{ believed('street') }},
        {{ believed('city') }},
        {{ believed('postal_code') }},
        {{ believed('country') }},
        {{ believed('job_title') }},
        {{ believed('company_name') }},
        {{ believed('company_record_key') }},
        max(case when field = 'street' then first_stated_at end) as street_first_at
    from {{ ref('customer_contact_points') }}
    where
        is_chosen
        and customer_id in ({{ touched_customers() }})
    group by customer_id

),

records as (

    select
        people.customer_id,
        cast(count(*) as integer) as crm_records
    from {{ ref('int_contact_records') }} as contact_records
    inner join {{ ref('customer_ids') }} as people on contact_records.node_id = people.node_id
    where
        contact_records.is_current
        and people.customer_id in ({{ touched_customers() }})
    group by people.customer_id

)

select
    coalesce(chosen.customer_id, records.customer_id) as customer_id,
    coalesce(records.crm_records, 0) as crm_records,
    chosen.email, chosen.email_source, chosen.email_at,
    chosen.phone, chosen.phone_source, chosen.phone_at,
    chosen.first_name, chosen.first_name_source, chosen.first_name_at,
    chosen.last_name, chosen.last_name_source, chosen.last_name_at,
    chosen.street, chosen.street_source, chosen.street_at, chosen.street_first_at,
    chosen.postal_code,
    chosen.city, chosen.city_source, chosen.city_at,
    chosen.country, chosen.country_source, chosen.country_at,
    chosen.job_title, chosen.job_title_source, chosen.job_title_at,
    chosen.company_name, chosen.company_name_source, chosen.company_name_at,
    chosen.company_record_key,
    {{ normalize_address('chosen.street', 'chosen.postal_code', 'chosen.country') }} as address
from chosen
full outer join records on chosen.customer_id = records.customer_id
