-- Contacts of Salesforce. One row per version of a contact.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('salesforce', 'contact') }}
    where {{ is_new() }}

),

renamed as (

    select
        record_id as contact_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        nullif(trim({{ json_text('record', 'AccountId') }}), '') as account_id,
        nullif(trim({{ json_text('record', 'Kith_User_Id__c') }}), '') as user_id,
        nullif(lower(trim({{ json_text('record', 'Email') }})), '') as email,
        nullif(trim({{ json_text('record', 'Phone') }}), '') as phone,
        nullif(trim({{ json_text('record', 'MobilePhone') }}), '') as mobile_phone,
        nullif(trim({{ json_text('record', 'FirstName') }}), '') as first_name,
        nullif(trim({{ json_text('record', 'LastName') }}), '') as last_name,
        nullif(trim({{ json_text('record', 'MailingCity') }}), '') as city,
        upper(nullif(trim({{ json_text('record', 'MailingCountry') }}), '')) as country,
        nullif(trim({{ json_text('record', 'Title') }}), '') as job_title,
        nullif(trim({{ json_text('record', 'LeadSource') }}), '') as lead_source,
        {{ json_text('record', 'HasOptedOutOfEmail') }} = 'true' as has_opted_out_of_email,
        {{ utc(json_text('record', 'CreatedDate')) }} as created_at
    from source

)

select * from renamed
