-- Orders as shop systems keep them, whichever it is. One row per version of an order.
select
    'shopify' as source,
    order_id,
    updated_at,
    version_key,
    is_deleted,
    batch_id,
    ordered_at,
    cancelled_at,
    currency,
    total,
    revenue,
    refunded,
    refunds,
    refunded_at,
    coupon,
    lines,
    units,
    'customer/' || customer_id as customer_record_id,
    email,
    phone,
    -- Orders that name the same identifiers are one record to identity.
    case
        when coalesce(customer_id, email, phone) is not null
            then concat('buyer/', md5(concat(
                coalesce(customer_id, ''), '|', coalesce(email, ''), '|', coalesce(phone, '')
            )))
    end as identity_key
from {{ ref('stg_shopify__orders') }}
where not is_test
