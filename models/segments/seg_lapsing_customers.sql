-- Buyers who have been silent for ninety days and may be lost soon. One row per customer.
select customer_id
from {{ ref('customers') }}
where lifecycle_stage = 'lapsing'
