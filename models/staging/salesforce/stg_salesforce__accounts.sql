-- Accounts of Salesforce. One row per version of an account.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('salesforce', 'account') }}
    where {{ is_new() }}

),

renamed as (

    select
        record_id as account_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        nullif(trim({{ json_text('record', 'Name') }}), '') as account_name,
        nullif(lower(trim({{ json_text('record', 'Website') }})), '') as website,
        nullif(trim({{ json_text('record', 'Industry') }}), '') as industry,
        try_cast({{ json_text('record', 'NumberOfEmployees') }} as integer) as employees,
        upper(nullif(trim({{ json_text('record', 'BillingCountry') }}), '')) as country
    from source

)

select * from renamed
