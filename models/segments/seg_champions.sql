-- The best by recency, frequency and money. One row per customer.
select customer_id
from {{ ref('customers') }}
where
    recency_score >= 4
    and frequency_score >= 3
    and monetary_score >= 3
