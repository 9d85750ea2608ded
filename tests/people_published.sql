-- Who is who and what they are worth, without ids and batches, which depend on the order of arrival.
select
    (
        select string_agg(
            identifier_type || ' ' || identifier_value, ', '
            order by identifier_type, identifier_value
        )
        from identity.customer_ids
        where customer_ids.customer_id = customers.customer_id
    ) as identifiers,
    customers.email,
    customers.phone,
    customers.first_name,
    customers.country,
    customers.company_name,
    customers.lifecycle_stage,
    customers.events,
    customers.orders,
    customers.revenue_cents,
    customers.open_deal_cents,
    customers.can_email
from customers.customers
order by all
