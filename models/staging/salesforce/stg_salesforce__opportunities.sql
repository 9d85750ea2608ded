-- Opportunities of Salesforce. One row per version of an opportunity.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('salesforce', 'opportunity') }}
    where {{ is_new() }}

),

renamed as (

    select
        record_id as opportunity_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        nullif(trim({{ json_text('record', 'AccountId') }}), '') as account_id,
        nullif(trim({{ json_text('record', 'ContactId') }}), '') as contact_id,
        nullif(trim({{ json_text('record', 'Name') }}), '') as opportunity_name,
        nullif(trim({{ json_text('record', 'StageName') }}), '') as stage,
        try_cast({{ json_text('record', 'Amount') }} as decimal(18, 4)) as amount,
        upper(nullif(trim({{ json_text('record', 'CurrencyIsoCode') }}), '')) as currency,
        {{ utc(json_text('record', 'CreatedDate')) }} as created_at,
        try_cast({{ json_text('record', 'CloseDate') }} as date) as closes_on
    from source

)

select * from renamed
