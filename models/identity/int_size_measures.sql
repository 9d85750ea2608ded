-- How many customers there are and how big they are. One row per measure and bucket.
{{ config(materialized='view') }}

with

customers as (

    select
        customer_id,
        count(*) as identifiers,
        bool_or(identifier_type <> 'anonymous_id') as is_recognised
    from {{ ref('customer_ids') }}
    where is_current
    group by customer_id

),

sizes as (

    select
        count(*) as customers,
        cast(coalesce(sum(identifiers), 0) as bigint) as identifiers,
        coalesce(max(identifiers), 0) as largest,
        count_if(identifiers = 1) as alone
    from customers

),

buckets as (

    select
        '1' as bucket,
        1 as least,
        1 as most
    union all
    select '2', 2, 2
    union all
    select '3-5', 3, 5
    union all
    select '6-10', 6, 10
    union all
    select '11-50', 11, 50
    union all
    select '51+', 51, null

),

distribution as (

    select
        buckets.bucket,
        count(customers.customer_id) as of_size
    from buckets
    left join customers
        on
            buckets.least <= customers.identifiers
            and coalesce(buckets.most, customers.identifiers) >= customers.identifiers
    group by buckets.bucket

),

records as (

    select
        records.source,
        count(*) as records,
        count_if(coalesce(customers.is_recognised, false)) as recognised
    from {{ ref('source_records') }} as records
    left join {{ ref('customer_ids') }} as ids on records.node_id = ids.node_id
    left join customers on ids.customer_id = customers.customer_id
    where records.is_current
    group by records.source

)

select
    'customers' as measure,
    'all' as bucket,
    customers as numerator,
    cast(null as bigint) as denominator,
    'Customers of whom a record still gives an identifier.' as description
from sizes
union all
select
    'identifiers per customer', 'all', identifiers, customers,
    'Identifiers of a customer on average; those that no record gives any more are left out.'
from sizes
union all
select
    'customers with one identifier', 'all', alone, customers,
    'The share of customers who were never linked to anything.'
from sizes
union all
select
    'largest customer', 'all', largest, null,
    'Identifiers of the customer who has the most; above `largest_customer` nothing is published.'
from sizes
union all
select
    'customers by identifiers', distribution.bucket, distribution.of_size, sizes.customers,
    'The share of customers who have so many identifiers.'
from distribution
cross join sizes
union all
select
    'records of recognised customers', source, recognised, records,
    'The share of a source''s records whose customer has an identifier other than a cookie.'
from records
