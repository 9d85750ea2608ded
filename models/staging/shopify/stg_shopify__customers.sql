-- Customers of Shopify. One row per version of a customer.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('shopify', 'customers') }}
    where {{ is_new() }}

),

parsed as (

    select
        *,
        {{ json_struct('record', {
            'email': none, 'phone': none, 'first_name': none, 'last_name': none,
            'created_at': none, 'email_marketing_consent': ['state'],
            'default_address': ['address1', 'city', 'zip', 'country_code', 'company'],
        }) }} as fields
    from source

),

renamed as (

    select
        record_id as customer_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        nullif(lower(trim(fields.email)), '') as email,
        nullif(trim(fields.phone), '') as phone,
        nullif(trim(fields.first_name), '') as first_name,
        nullif(trim(fields.last_name), '') as last_name,
        nullif(trim(fields.default_address.address1), '') as street,
        nullif(trim(fields.default_address.city), '') as city,
        nullif(trim(fields.default_address.zip), '') as postal_code,
        upper(nullif(trim(fields.default_address.country_code), '')) as country,
        nullif(trim(fields.default_address.company), '') as company_name,
        fields.email_marketing_consent.state = 'unsubscribed' as has_opted_out_of_email,
        {{ utc('fields.created_at') }} as created_at
    from parsed

)

select * from renamed
