-- Contacts of HubSpot. One row per version of a contact.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('hubspot', 'contacts') }}
    where {{ is_new() }}

),

renamed as (

    select
        record_id as contact_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        nullif(trim({{ json_text('record', 'properties.account_id') }}), '') as account_id,
        nullif(lower(trim({{ json_text('record', 'properties.email') }})), '') as email,
        nullif(trim({{ json_text('record', 'properties.phone') }}), '') as phone,
        nullif(trim({{ json_text('record', 'properties.firstname') }}), '') as first_name,
        nullif(trim({{ json_text('record', 'properties.lastname') }}), '') as last_name,
        nullif(trim({{ json_text('record', 'properties.city') }}), '') as city,
        upper(nullif(trim({{ json_text('record', 'properties.country') }}), '')) as country,
        nullif(trim({{ json_text('record', 'properties.jobtitle') }}), '') as job_title,
        nullif(trim({{ json_text('record', 'properties.company') }}), '') as company_name,
        {{ json_text('record', 'associations.companies.results[0].id') }} as company_id,
        {{ json_text('record', 'properties.lifecyclestage') }} as lifecycle_stage,
        {{ json_text('record', 'properties.hs_email_optout') }} = 'true' as has_opted_out_of_email,
        {{ utc(json_text('record', 'properties.createdate')) }} as created_at
    from source

)

select * from renamed
