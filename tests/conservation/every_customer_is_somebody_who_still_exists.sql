-- Customers are exactly the people of whom a record still gives an identifier.
{{ config(tags=['hourly'], meta={'dagster': {'ref': {'name': 'customers'}}}) }}
with

existing as (

    select distinct customer_id
    from {{ ref('customer_ids') }}
    where is_current

)

select
    existing.customer_id as existing_customer_id,
    customers.customer_id as profile_customer_id
from existing
full outer join {{ ref('customers') }} as customers
    on existing.customer_id = customers.customer_id
where existing.customer_id is null or customers.customer_id is null
