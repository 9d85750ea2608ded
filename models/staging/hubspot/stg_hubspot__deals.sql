-- Deals of HubSpot. One row per version of a deal.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('hubspot', 'deals') }}
    where {{ is_new() }}

),

parsed as (

    select
        *,
        {{ json_struct('record', {'mergedInto': '', 'properties': [
                'dealname', 'dealstage', 'pipeline', 'amount', 'deal_currency_code', 'createdate',
                'closedate',
            ]}) }} as fields
    from source

),

renamed as (

    select
        record_id as deal_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        fields.properties.dealname as deal_name,
        fields.properties.dealstage as stage,
        nullif(trim(fields.properties.pipeline), '') as pipeline,
        try_cast(fields.properties.amount as decimal(18, 4)) as amount,
        upper(fields.properties.deal_currency_code) as currency,
        {{ json_text('record', 'associations.contacts.results[0].id') }} as contact_id,
        {{ json_text('record', 'associations.companies.results[0].id') }} as company_id,
        fields.mergedinto as merged_into_deal_id,
        {{ utc('fields.properties.createdate') }} as created_at,
        cast({{ utc('fields.properties.closedate') }} as date) as closes_on
    from parsed

)

select * from renamed
