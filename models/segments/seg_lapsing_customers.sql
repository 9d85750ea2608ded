-- Buyers who have been silent for a month and may be lost soon. One row per customer.
select customer_id
from {{ ref('customers') }}
where lifecycle_stage = 'lapsing'
