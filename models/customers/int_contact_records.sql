-- What each CRM says of a person's contact fields today. One row per CRM record.
{{ config(
    materialized='incremental', incremental_strategy='delete+insert', unique_key='record_key'
) }}

with

crm_versions as (

    select
        'hubspot' as source, concat('contact/', contact_id) as record_id, updated_at, version_key,
        is_deleted, batch_id, email, phone, first_name, last_name, city, country, job_title,
        company_name, concat('hubspot/', company_id) as company_record_key, has_opted_out_of_email
    from {{ ref('stg_hubspot__contacts') }}
    union all
    select
        'salesforce', concat('lead/', lead_id), updated_at, version_key,
        is_deleted, batch_id, email, phone, first_name, last_name, city, country, null,
        company_name, null, has_opted_out_of_email
    from {{ ref('stg_salesforce__leads') }}
    union all
    select
        'salesforce', concat('contact/', contact_id), updated_at, version_key,
        is_deleted, batch_id, email, coalesce(mobile_phone, phone), first_name, last_name, city,
        country, job_title, null, concat('salesforce/', account_id), has_opted_out_of_email
    from {{ ref('stg_salesforce__contacts') }}

),

touched as (

    select distinct
        source,
        record_id
    from crm_versions
    where {{ is_new() }}

),

latest as (

    select crm_versions.*
    from crm_versions
    inner join touched
        on
            crm_versions.source = touched.source
            and crm_versions.record_id = touched.record_id
    qualify
        row_number() over (
            partition by crm_versions.source, crm_versions.record_id
            order by crm_versions.updated_at desc, crm_versions.version_key desc
        ) = 1

)

select
    source_records.record_key,
    latest.source,
    source_records.node_id,
    latest.updated_at,
    latest.is_deleted,
    latest.email,
    {{ normalize_phone('latest.phone') }} as phone,
    latest.first_name,
    latest.last_name,
    latest.city,
    case when latest.country is not null then coalesce(country.country, latest.country) end
        as country,
    latest.job_title,
    latest.company_name,
    latest.company_record_key,
    latest.has_opted_out_of_email
from latest
inner join {{ ref('source_records') }} as source_records
    on
        latest.source = source_records.source
        and latest.record_id = source_records.record_id
left join {{ ref('countries') }} as country
    on
        coalesce(latest.country, '{{ var("default_country") }}')
        in (country.country, upper(country.name))
