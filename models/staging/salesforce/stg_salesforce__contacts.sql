-- Contacts of Salesforce. One row per version of a contact.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('salesforce', 'contact') }}
    where {{ is_new() }}

),

parsed as (

    select
        *,
        {{ json_struct('record', [
                'AccountId', 'Kith_User_Id__c', 'Email', 'Phone', 'MobilePhone', 'FirstName',
                'LastName', 'MailingStreet', 'MailingCity', 'MailingPostalCode', 'MailingCountry',
                'Title', 'LeadSource', 'HasOptedOutOfEmail', 'MasterRecordId',
                'CreatedDate',
            ]) }} as fields
    from source

),

renamed as (

    select
        record_id as contact_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        nullif(trim(fields.accountid), '') as account_id,
        nullif(trim(fields.kith_user_id__c), '') as user_id,
        nullif(lower(trim(fields.email)), '') as email,
        nullif(trim(fields.phone), '') as phone,
        nullif(trim(fields.mobilephone), '') as mobile_phone,
        nullif(trim(fields.firstname), '') as first_name,
        nullif(trim(fields.lastname), '') as last_name,
        nullif(trim(fields.mailingstreet), '') as street,
        nullif(trim(fields.mailingcity), '') as city,
        nullif(trim(fields.mailingpostalcode), '') as postal_code,
        upper(nullif(trim(fields.mailingcountry), '')) as country,
        nullif(trim(fields.title), '') as job_title,
        nullif(trim(fields.leadsource), '') as lead_source,
        fields.hasoptedoutofemail = 'true' as has_opted_out_of_email,
        nullif(fields.masterrecordid, '') as merged_into_contact_id,
        {{ utc('fields.createddate') }} as created_at
    from parsed

)

select * from renamed
