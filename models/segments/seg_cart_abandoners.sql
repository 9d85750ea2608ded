-- People who filled a cart in the last thirty days and bought nothing since. One row per customer.
with

clock as (

    {{ today() }}

)

select customers.customer_id
from {{ ref('customers') }} as customers
cross join clock
where
    {{ within(30, 'customers.last_cart_at') }}
    and (customers.last_order_at is null or customers.last_order_at < customers.last_cart_at)
