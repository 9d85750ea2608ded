-- Whoever stored a customer id long ago must still find the person by it.
{{ config(tags=['hourly'], meta={'dagster': {'ref': {'name': 'customer_id_history'}}}) }}
select
    old_customer_id,
    {{ todays_customer_id('old_customer_id') }} as customer_id
from {{ ref('customer_id_history') }}
where {{ todays_customer_id('old_customer_id') }} is null
