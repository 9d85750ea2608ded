-- Accounts of Zoho CRM. One row per version of an account.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('zoho', 'accounts') }}
    where {{ is_new() }}

),

parsed as (

    select
        *,
        {{ json_struct('record', {
            'Account_Name': none, 'Website': none, 'Industry': none, 'Employees': none,
            'Billing_Country': none, 'Created_Time': none,
        }) }} as fields
    from source

),

renamed as (

    select
        record_id as account_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        nullif(trim(fields.account_name), '') as account_name,
        nullif(lower(trim(fields.website)), '') as website,
        nullif(trim(fields.industry), '') as industry,
        try_cast(fields.employees as integer) as employees,
        upper(nullif(trim(fields.billing_country), '')) as country,
        {{ utc('fields.created_time') }} as created_at
    from parsed

)

select * from renamed
