-- Contacts of HubSpot. One row per version of a contact.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('hubspot', 'contacts') }}
    where {{ is_new() }}

),

parsed as (

    select
        *,
        {{ json_struct('record', {'mergedInto': '', 'properties': [
                'account_id', 'email', 'phone', 'mobilephone', 'firstname', 'lastname', 'address', 'city', 'zip',
                'country', 'jobtitle', 'company', 'lifecyclestage', 'hs_email_optout', 'createdate',
            ]}) }} as fields
    from source

),

renamed as (

    select
        record_id as contact_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        nullif(trim(fields.properties.account_id), '') as account_id,
        nullif(lower(trim(fields.properties.email)), '') as email,
        nullif(trim(fields.properties.phone), '') as phone,
        nullif(trim(fields.properties.mobilephone), '') as mobile_phone,
        nullif(trim(fields.properties.firstname), '') as first_name,
        nullif(trim(fields.properties.lastname), '') as last_name,
        nullif(trim(fields.properties.address), '') as street,
        nullif(trim(fields.properties.city), '') as city,
        nullif(trim(fields.properties.zip), '') as postal_code,
        upper(nullif(trim(fields.properties.country), '')) as country,
        nullif(trim(fields.properties.jobtitle), '') as job_title,
        nullif(trim(fields.properties.company), '') as company_name,
        {{ json_text('record', 'associations.companies.results[0].id') }} as company_id,
        fields.properties.lifecyclestage as lifecycle_stage,
        fields.properties.hs_email_optout = 'true' as has_opted_out_of_email,
        fields.mergedinto as merged_into_contact_id,
        {{ utc('fields.properties.createdate') }} as created_at
    from parsed

)

select * from renamed
