select
    'added' as operation,
    customers.customer_id as id,
    struct_pack(
        city := customers.city,
        email := customers.email,
        first_name := customers.first_name,
        revenue_cents := customers.revenue_cents
    ) as fields
from customers.customers
inner join customers.consents on customers.customer_id = consents.customer_id
where
    consents.purpose = 'marketing'
    and consents.channel = 'email'
    and consents.is_granted
    and mod(cast('0x' || right(customers.customer_id, 4) as bigint), cast('{parts}' as bigint))
    = cast('{part}' as bigint)
