-- The chains of evidence that people are shown end where the identifiers belong, for all of them.
{{ config(tags=['hourly'], meta={'dagster': {'ref': {'name': 'identity_steps'}}}) }}
select
    customer_ids.node_id,
    customer_ids.customer_id,
    identity_steps.customer_id as shown_customer_id
from {{ ref('customer_ids') }} as customer_ids
full outer join {{ ref('identity_steps') }} as identity_steps
    on customer_ids.node_id = identity_steps.node_id
where customer_ids.customer_id is distinct from identity_steps.customer_id
