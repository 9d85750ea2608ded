-- People at companies with an open deal, whoever leads it there. One row per customer.
select customer_id
from {{ ref('customers') }}
where company_id in (
    select company_id
    from {{ ref('customers') }}
    where open_deals > 0
)
