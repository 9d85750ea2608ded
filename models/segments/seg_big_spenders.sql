-- People who bought for 500 or more and were here in the last ninety days. One row per customer.
select customer_id
from {{ ref('customers') }}
where
    revenue_cents - refunded_cents >= 50000
    and orders_90d > 0
