-- Leads of Zoho CRM, converted ones too. One row per version of a lead.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('zoho', 'leads') }}
    where {{ is_new() }}

),

parsed as (

    select
        *,
        {{ json_struct('record', {
            'Email': none, 'Phone': none, 'Mobile': none, 'First_Name': none, 'Last_Name': none,
            'Street': none, 'City': none, 'Zip_Code': none, 'Country': none, 'Company': none,
            'Designation': none, 'Lead_Source': none, 'Lead_Status': none,
            'Email_Opt_Out': none, 'Converted_Contact': ['id'], 'Created_Time': none,
        }) }} as fields
    from source

),

renamed as (

    select
        record_id as lead_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        fields.converted_contact.id as converted_contact_id,
        nullif(lower(trim(fields.email)), '') as email,
        nullif(trim(fields.phone), '') as phone,
        nullif(trim(fields.mobile), '') as mobile_phone,
        nullif(trim(fields.first_name), '') as first_name,
        nullif(trim(fields.last_name), '') as last_name,
        nullif(trim(fields.street), '') as street,
        nullif(trim(fields.city), '') as city,
        nullif(trim(fields.zip_code), '') as postal_code,
        upper(nullif(trim(fields.country), '')) as country,
        nullif(trim(fields.company), '') as company_name,
        nullif(trim(fields.designation), '') as job_title,
        nullif(trim(fields.lead_source), '') as lead_source,
        nullif(trim(fields.lead_status), '') as status,
        fields.email_opt_out = 'true' as has_opted_out_of_email,
        {{ utc('fields.created_time') }} as created_at
    from parsed

)

select * from renamed
