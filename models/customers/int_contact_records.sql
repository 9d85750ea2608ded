-- What each CRM says and said of a person's contact fields. One row per version of a CRM record.
{{ config(
    materialized='incremental', incremental_strategy='delete+insert', unique_key='record_key'
) }}
-- depends_on: {{ ref('blocked_values') }}

with

crm_versions as (

    select
        source, record_id, updated_at, version_key, is_deleted, batch_id, email,
        coalesce(mobile_phone, phone) as phone, first_name, last_name, street, city, postal_code,
        country, job_title, company_name, company_record_key, has_opted_out_of_email,
        merged_into_record_id, created_at
    from {{ ref('stg_crm__contacts') }}
    union all
    select
        'loyalty', member_id, updated_at, version_key, is_deleted, batch_id, email,
        phone, first_name, last_name, street, city, postal_code,
        country, null, null, null, null,
        null, null
    from {{ ref('stg_loyalty__members') }}

),

touched as (

    select distinct
        source,
        record_id
    from crm_versions
    where {{ is_new() }}

),

versions as (

    select
        crm_versions.*,
        row_number() over (
            partition by crm_versions.source, crm_versions.record_id
            order by crm_versions.updated_at desc, crm_versions.version_key desc
        ) = 1 as is_latest,
        -- The last that the record itself said, before it may have been merged away.
        row_number() over (
            partition by crm_versions.source, crm_versions.record_id
            order by
                crm_versions.merged_into_record_id is not null asc,
                crm_versions.updated_at desc,
                crm_versions.version_key desc
        ) = 1 as is_last_word
    from crm_versions
    inner join touched
        on
            crm_versions.source = touched.source
            and crm_versions.record_id = touched.record_id

)

select
    source_records.record_key,
    versions.source,
    source_records.node_id,
    versions.batch_id,
    versions.updated_at,
    versions.is_deleted,
    versions.is_latest and not versions.is_deleted as is_current,
    versions.is_last_word and not versions.is_deleted as is_last_word,
    {{ unless_blocked('email', 'versions.email') }} as email,
    {{ unless_blocked('phone', normalize_phone('versions.phone')) }} as phone,
    versions.first_name,
    versions.last_name,
    versions.street,
    versions.city,
    versions.postal_code,
    case when versions.country is not null then coalesce(country.country, versions.country) end
        as country,
    versions.job_title,
    versions.company_name,
    versions.company_record_key,
    versions.has_opted_out_of_email,
    versions.created_at
from versions
inner join {{ ref('source_records') }} as source_records
    on
        versions.source = source_records.source
        and versions.record_id = source_records.record_id
left join {{ ref('countries') }} as country
    on
        coalesce(versions.country, '{{ var("default_country") }}')
        in (country.country, upper(country.name))
