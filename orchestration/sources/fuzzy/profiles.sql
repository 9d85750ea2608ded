-- The customers of whom something is known, named by the identifier that founded them, in the one
-- spelling in which they are compared. One row per customer. E-mail address and telephone are their
-- oldest that no guard refuses: what many share, or what a program writes for nobody, links no one.
create temp table profiles as
with
guarded as (
    select node_id
    from serving.identity.identity_evidence
    where not is_used and guard <> 'no longer stated'
),

identified as (
    select
        customer_id,
        -- As in the macro customer_id.
        min(node_id) filter (
            where customer_id = md5(concat('customer ', cast(node_id as varchar)))
        ) as node_id,
        min_by(md5(concat(identifier_type, ' ', identifier_value)), node_id) filter (
            where customer_id = md5(concat('customer ', cast(node_id as varchar)))
        ) as identifier_md5,
        min_by(identifier_value, node_id) filter (
            where identifier_type = 'email' and is_current and node_id not in (from guarded)
        ) as email,
        min_by(identifier_value, node_id) filter (
            where identifier_type = 'phone' and is_current and node_id not in (from guarded)
        ) as phone,
        coalesce(list(distinct identifier_type) filter (
            where is_current and list_contains($distinguished_by, identifier_type)
        ), []) as distinguished_by
    from serving.identity.customer_ids
    group by customer_id
)

select
    customers.* replace (
        lower(strip_accents(trim(customers.first_name))) as first_name,
        lower(strip_accents(trim(customers.last_name))) as last_name,
        trim(regexp_replace(lower(strip_accents(customers.street)), '[^\pL\pN]+', ' ', 'g')) as street,
        lower(strip_accents(trim(customers.city))) as city,
        lower(strip_accents(trim(customers.company_name))) as company_name,
        identified.email as email,
        identified.phone as phone
    ),
    identified.node_id,
    identified.identifier_md5,
    identified.distinguished_by
from serving.customers.customers as customers
inner join identified on customers.customer_id = identified.customer_id
where
    identified.node_id is not null
    and (customers.last_name is not null or customers.is_known);
