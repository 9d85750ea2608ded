-- Leads of Salesforce. One row per version of a lead.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('salesforce', 'lead') }}
    where {{ is_new() }}

),

parsed as (

    select
        *,
        {{ json_struct('record', [
                'ConvertedContactId', 'Email', 'Phone', 'MobilePhone', 'FirstName', 'LastName', 'Street', 'City',
                'PostalCode', 'Country', 'Company', 'LeadSource', 'Status', 'HasOptedOutOfEmail',
                'MasterRecordId', 'CreatedDate',
            ]) }} as fields
    from source

),

renamed as (

    select
        record_id as lead_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        nullif(trim(fields.convertedcontactid), '') as converted_contact_id,
        nullif(lower(trim(fields.email)), '') as email,
        nullif(trim(fields.phone), '') as phone,
        nullif(trim(fields.mobilephone), '') as mobile_phone,
        nullif(trim(fields.firstname), '') as first_name,
        nullif(trim(fields.lastname), '') as last_name,
        nullif(trim(fields.street), '') as street,
        nullif(trim(fields.city), '') as city,
        nullif(trim(fields.postalcode), '') as postal_code,
        upper(nullif(trim(fields.country), '')) as country,
        -- Salesforce writes these words into a company that it must have and nobody named.
        nullif(nullif(trim(fields.company), ''), '[not provided]') as company_name,
        nullif(trim(fields.leadsource), '') as lead_source,
        nullif(trim(fields.status), '') as status,
        fields.hasoptedoutofemail = 'true' as has_opted_out_of_email,
        nullif(fields.masterrecordid, '') as merged_into_lead_id,
        {{ utc('fields.createddate') }} as created_at
    from parsed

)

select * from renamed
