-- The contact fields to believe: each the best source's latest word. One row per customer.
{{ config(materialized='incremental', incremental_strategy='replace_touched') }}

with

people as (

    select
        node_id,
        customer_id
    from {{ ref('customer_ids') }}
    where customer_id in ({{ touched_customers() }})

),

statements as (

    select
        node_id, source, record_key, updated_at, email, phone, first_name, last_name, city,
        country, job_title, company_name, company_record_key
    from {{ ref('int_contact_records') }}
    where not is_deleted
    union all
    select
        node_id, 'events', event_id, updated_at, email, phone, first_name, last_name, city,
        country, null, null, null
    from {{ ref('int_stated_contacts') }}

),

ranked as (

    select
        people.customer_id,
        statements.*,
        row_number() over (
            partition by people.customer_id
            order by
                coalesce(priorities.priority, 1000) asc,
                statements.updated_at desc,
                statements.record_key asc
        ) as preference
    from statements
    inner join people on statements.node_id = people.node_id
    left join {{ ref('source_priorities') }} as priorities
        on statements.source = priorities.source

)

select
    customer_id,
    min_by(email, preference) filter (where email is not null) as email,
    min_by(source, preference) filter (where email is not null) as email_source,
    min_by(phone, preference) filter (where phone is not null) as phone,
    min_by(source, preference) filter (where phone is not null) as phone_source,
    min_by(first_name, preference) filter (where first_name is not null) as first_name,
    min_by(last_name, preference) filter (where last_name is not null) as last_name,
    min_by(source, preference) filter (where last_name is not null) as name_source,
    min_by(city, preference) filter (where city is not null) as city,
    min_by(country, preference) filter (where country is not null) as country,
    min_by(source, preference) filter (where country is not null) as country_source,
    min_by(job_title, preference) filter (where job_title is not null) as job_title,
    min_by(company_name, preference) filter (where company_name is not null) as company_name,
    min_by(company_record_key, preference) filter (where company_record_key is not null)
        as company_record_key,
    cast(count_if(source <> 'events') as integer) as crm_records
from ranked
group by customer_id
