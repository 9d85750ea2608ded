-- Accounts of Salesforce. One row per version of an account.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('salesforce', 'account') }}
    where {{ is_new() }}

),

parsed as (

    select
        *,
        {{ json_struct('record', [
                'Name', 'Website', 'Industry', 'NumberOfEmployees', 'BillingCountry',
                'MasterRecordId', 'CreatedDate',
            ]) }} as fields
    from source

),

renamed as (

    select
        record_id as account_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        nullif(trim(fields.name), '') as account_name,
        nullif(lower(trim(fields.website)), '') as website,
        nullif(trim(fields.industry), '') as industry,
        try_cast(fields.numberofemployees as integer) as employees,
        upper(nullif(trim(fields.billingcountry), '')) as country,
        nullif(fields.masterrecordid, '') as merged_into_account_id,
        {{ utc('fields.createddate') }} as created_at
    from parsed

)

select * from renamed
