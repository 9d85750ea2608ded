-- Contacts of Zoho CRM. One row per version of a contact.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('zoho', 'contacts') }}
    where {{ is_new() }}

),

parsed as (

    select
        *,
        {{ json_struct('record', {
            'Kith_User_Id': none, 'Email': none, 'Secondary_Email': none, 'Phone': none,
            'Mobile': none, 'First_Name': none, 'Last_Name': none, 'Mailing_Street': none,
            'Mailing_City': none, 'Mailing_Zip': none, 'Mailing_Country': none, 'Title': none,
            'Account_Name': ['id'], 'Lead_Source': none, 'Email_Opt_Out': none,
            'Created_Time': none,
        }) }} as fields
    from source

),

renamed as (

    select
        record_id as contact_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        fields.account_name.id as account_id,
        -- The custom field in which this organisation keeps the shop's user id, by its API name; it
        -- is also among the fields that _zoho.yml asks for.
        nullif(trim(fields.kith_user_id), '') as user_id,
        nullif(lower(trim(fields.email)), '') as email,
        nullif(lower(trim(fields.secondary_email)), '') as other_email,
        nullif(trim(fields.phone), '') as phone,
        nullif(trim(fields.mobile), '') as mobile_phone,
        nullif(trim(fields.first_name), '') as first_name,
        nullif(trim(fields.last_name), '') as last_name,
        nullif(trim(fields.mailing_street), '') as street,
        nullif(trim(fields.mailing_city), '') as city,
        nullif(trim(fields.mailing_zip), '') as postal_code,
        upper(nullif(trim(fields.mailing_country), '')) as country,
        nullif(trim(fields.title), '') as job_title,
        nullif(trim(fields.lead_source), '') as lead_source,
        fields.email_opt_out = 'true' as has_opted_out_of_email,
        {{ utc('fields.created_time') }} as created_at
    from parsed

)

select * from renamed
