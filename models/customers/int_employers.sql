-- Where people work: what a CRM links, else the domain they write from. One row per customer.
{{ config(materialized='incremental', incremental_strategy='replace_touched') }}

with

contacts as (

    select
        customer_id,
        company_record_key
    from {{ ref('int_golden_contacts') }}
    where customer_id in ({{ due_customers() }})

),

addresses as (

    select
        contacts.customer_id,
        split_part(contact_points.value, '@', 2) as domain,
        row_number() over (
            partition by contacts.customer_id
            order by
                contact_points.is_chosen desc,
                contact_points.stated_at desc,
                contact_points.value asc
        ) as preference
    from contacts
    inner join {{ ref('customer_contact_points') }} as contact_points
        on contacts.customer_id = contact_points.customer_id
    left join {{ ref('free_mail_domains') }} as free_mail
        on split_part(contact_points.value, '@', 2) = free_mail.domain
    where
        contact_points.field = 'email'
        and contact_points.is_current
        and free_mail.domain is null

)

select
    contacts.customer_id,
    case when company_records.company_id is null then addresses.domain end as domain,
    coalesce(company_records.company_id, {{ company_id('addresses.domain') }}) as company_id
from contacts
left join {{ ref('int_company_records') }} as company_records
    on
        contacts.company_record_key = company_records.company_record_key
        and not company_records.is_deleted
left join addresses
    on
        contacts.customer_id = addresses.customer_id
        and addresses.preference = 1
