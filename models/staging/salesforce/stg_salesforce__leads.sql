-- Leads of Salesforce. One row per version of a lead.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('salesforce', 'lead') }}
    where {{ is_new() }}

),

renamed as (

    select
        record_id as lead_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        nullif(trim({{ json_text('record', 'ConvertedContactId') }}), '') as converted_contact_id,
        nullif(lower(trim({{ json_text('record', 'Email') }})), '') as email,
        nullif(trim({{ json_text('record', 'Phone') }}), '') as phone,
        nullif(trim({{ json_text('record', 'FirstName') }}), '') as first_name,
        nullif(trim({{ json_text('record', 'LastName') }}), '') as last_name,
        nullif(trim({{ json_text('record', 'City') }}), '') as city,
        upper(nullif(trim({{ json_text('record', 'Country') }}), '')) as country,
        nullif(trim({{ json_text('record', 'Company') }}), '') as company_name,
        nullif(trim({{ json_text('record', 'LeadSource') }}), '') as lead_source,
        nullif(trim({{ json_text('record', 'Status') }}), '') as status,
        {{ json_text('record', 'HasOptedOutOfEmail') }} = 'true' as has_opted_out_of_email,
        {{ utc(json_text('record', 'CreatedDate')) }} as created_at
    from source

)

select * from renamed
