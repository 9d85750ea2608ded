-- Subscriptions of Stripe. One row per version of a subscription.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('stripe', 'subscriptions') }}
    where {{ is_new() }}

),

parsed as (

    select
        *,
        {{ json_struct('record', [
            'customer', 'status', 'currency', 'cancel_at_period_end', 'created', 'canceled_at',
            'ended_at',
        ]) }} as fields
    from source

),

renamed as (

    select
        record_id as subscription_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        fields.customer as customer_id,
        fields.status,
        upper(fields.currency) as currency,
        {{ json_text('record', 'items.data[0].price.id') }} as price_id,
        {{ json_text('record', 'items.data[0].price.product') }} as product_id,
        {{ json_text('record', 'items.data[0].price.recurring.interval') }} as billing_interval,
        -- Stripe's amounts are in minor units already.
        try_cast({{ json_text('record', 'items.data[0].price.unit_amount') }} as bigint)
            as price_cents,
        try_cast({{ json_text('record', 'items.data[0].quantity') }} as integer) as quantity,
        fields.cancel_at_period_end = 'true' as ends_with_its_period,
        {{ unix_time('fields.created') }} as created_at,
        {{ unix_time('fields.canceled_at') }} as canceled_at,
        {{ unix_time('fields.ended_at') }} as ended_at
    from parsed

)

select * from renamed
