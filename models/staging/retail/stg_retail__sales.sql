-- What shops sold over the counter, and took back. One row per version of a receipt.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('retail', 'sales') }}
    where {{ is_new() }}

),

parsed as (

    select
        *,
        {{ json_struct('record', [
                'sold_at', 'store', 'currency', 'total', 'revenue', 'units', 'coupon',
                'returned_order_id', 'member_id', 'user_id', 'email', 'phone',
            ]) }} as fields
    from source

),

renamed as (

    select
        record_id as sale_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        coalesce(nullif(trim(fields.returned_order_id), ''), record_id) as order_id,
        {{ utc('fields.sold_at') }} as sold_at,
        trim(fields.store) as store,
        upper(trim(fields.currency)) as currency,
        try_cast(fields.total as decimal(18, 4)) as total,
        try_cast(fields.revenue as decimal(18, 4)) as revenue,
        try_cast(fields.total as decimal(18, 4)) < 0 as is_return,
        try_cast(fields.units as integer) as units,
        nullif(trim(fields.coupon), '') as coupon,
        nullif(trim(fields.member_id), '') as member_id,
        nullif(trim(fields.user_id), '') as user_id,
        nullif(lower(trim(fields.email)), '') as email,
        nullif(trim(fields.phone), '') as phone
    from parsed

),

keyed as (

    select
        *,
        -- Receipts that name the same identifiers are one record to identity.
        case
            when coalesce(member_id, user_id, email, phone) is not null
                then md5(concat(
                    coalesce(member_id, ''), '|', coalesce(user_id, ''), '|',
                    coalesce(email, ''), '|', coalesce(phone, '')
                ))
        end as identity_key
    from renamed

)

select * from keyed
