-- Deals of Zoho CRM. One row per version of a deal.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('zoho', 'deals') }}
    where {{ is_new() }}

),

parsed as (

    select
        *,
        {{ json_struct('record', {
            'Deal_Name': none, 'Stage': none, 'Pipeline': none, 'Amount': none, 'Currency': none,
            'Closing_Date': none, 'Contact_Name': ['id'], 'Account_Name': ['id'],
            'Created_Time': none,
        }) }} as fields
    from source

),

renamed as (

    select
        record_id as deal_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        nullif(trim(fields.deal_name), '') as deal_name,
        nullif(trim(fields.stage), '') as stage,
        nullif(trim(fields.pipeline), '') as pipeline,
        try_cast(fields.amount as decimal(18, 4)) as amount,
        upper(nullif(trim(fields.currency), '')) as currency,
        fields.contact_name.id as contact_id,
        fields.account_name.id as account_id,
        {{ utc('fields.created_time') }} as created_at,
        try_cast(fields.closing_date as date) as closes_on
    from parsed

)

select * from renamed
