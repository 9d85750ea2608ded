-- Customers of Stripe. One row per version of a customer.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('stripe', 'customers') }}
    where {{ is_new() }}

),

parsed as (

    select
        *,
        {{ json_struct('record', {
            'email': none, 'phone': none, 'name': none, 'created': none, 'metadata': ['user_id'],
            'address': ['line1', 'city', 'postal_code', 'country'],
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
        -- The key under which this company keeps the shop's user id.
        nullif(trim(fields.metadata.user_id), '') as user_id,
        nullif(lower(trim(fields.email)), '') as email,
        nullif(trim(fields.phone), '') as phone,
        {{ first_name_of('fields.name') }} as first_name,
        {{ last_name_of('fields.name') }} as last_name,
        nullif(trim(fields.address.line1), '') as street,
        nullif(trim(fields.address.city), '') as city,
        nullif(trim(fields.address.postal_code), '') as postal_code,
        upper(nullif(trim(fields.address.country), '')) as country,
        {{ unix_time('fields.created') }} as created_at
    from parsed

)

select * from renamed
