-- Buyers who live in Europe. One row per customer.
select customer_id
from {{ ref('customers') }}
where
    region = 'Europe'
    and orders > 0
