-- Opportunities of Salesforce. One row per version of an opportunity.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('salesforce', 'opportunity') }}
    where {{ is_new() }}

),

parsed as (

    select
        *,
        {{ json_struct('record', [
                'AccountId', 'ContactId', 'Name', 'StageName', 'Amount', 'CurrencyIsoCode',
                'CreatedDate', 'CloseDate',
            ]) }} as fields
    from source

),

renamed as (

    select
        record_id as opportunity_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        nullif(trim(fields.accountid), '') as account_id,
        nullif(trim(fields.contactid), '') as contact_id,
        nullif(trim(fields.name), '') as opportunity_name,
        nullif(trim(fields.stagename), '') as stage,
        try_cast(fields.amount as decimal(18, 4)) as amount,
        upper(nullif(trim(fields.currencyisocode), '')) as currency,
        {{ utc('fields.createddate') }} as created_at,
        try_cast(fields.closedate as date) as closes_on
    from parsed

)

select * from renamed
