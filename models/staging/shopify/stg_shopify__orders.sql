-- Orders of Shopify with what was paid back. One row per version of an order.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('shopify', 'orders') }}
    where {{ is_new() }}

),

parsed as (

    select
        *,
        {{ json_struct('record', {
            'name': none, 'processed_at': none, 'created_at': none, 'cancelled_at': none,
            'test': none, 'currency': none, 'total_price': none, 'subtotal_price': none,
            'total_tax': none, 'taxes_included': none, 'email': none, 'phone': none,
            'customer': ['id'],
        }) }} as fields
    from source

),

renamed as (

    select
        -- The number that an order is known by in the shop's messages; customers see order_name.
        record_id as order_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        fields.name as order_name,
        {{ utc('coalesce(fields.processed_at, fields.created_at)') }} as ordered_at,
        {{ utc('fields.cancelled_at') }} as cancelled_at,
        coalesce(fields.test = 'true', false) as is_test,
        upper(trim(fields.currency)) as currency,
        try_cast(fields.total_price as decimal(18, 4)) as total,
        -- Prices that are told with tax hold it in the subtotal.
        try_cast(fields.subtotal_price as decimal(18, 4))
        - case
            when fields.taxes_included = 'true'
                then coalesce(try_cast(fields.total_tax as decimal(18, 4)), 0)
            else 0
        end as revenue,
        {{ json_paid_back('record', 'refunds') }} as refunded,
        coalesce({{ json_length('record', 'refunds') }}, 0) as refunds,
        {{ utc(json_text('record', 'refunds[#-1].created_at')) }} as refunded_at,
        nullif(trim({{ json_text('record', 'discount_codes[0].code') }}), '') as coupon,
        coalesce({{ json_length('record', 'line_items') }}, 0) as lines,
        coalesce({{ json_sum('record', 'line_items', 'quantity') }}, 0) as units,
        fields.customer.id as customer_id,
        nullif(lower(trim(fields.email)), '') as email,
        nullif(trim(fields.phone), '') as phone
    from parsed

)

select * from renamed
