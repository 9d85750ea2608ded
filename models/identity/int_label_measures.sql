-- How identity compares with what is known. One row per measure and bucket; none without labels.
{{ config(materialized='view') }}

with

placed as (

    select
        labels.person,
        ids.customer_id,
        count(*) as identifiers
    from {{ ref('int_labels') }} as labels
    inner join {{ ref('customer_ids') }} as ids
        on
            labels.identifier_type = ids.identifier_type
            and labels.identifier_value = ids.identifier_value
    where ids.is_current
    group by labels.person, ids.customer_id

),

customers as (

    select sum(identifiers) as identifiers from placed
    group by customer_id

),

people as (

    select sum(identifiers) as identifiers from placed
    group by person

),

-- Of n identifiers, n (n - 1) / 2 pairs can be drawn: sizes of groups are enough to count them.
pairs as (

    select
        (select cast(sum(identifiers) as bigint) from placed) as identifiers,
        (select cast(sum(identifiers * (identifiers - 1)) / 2 as bigint) from placed) as found,
        (select cast(sum(identifiers * (identifiers - 1)) / 2 as bigint) from customers) as claimed,
        (select cast(sum(identifiers * (identifiers - 1)) / 2 as bigint) from people) as existing

)

select
    'labelled identifiers' as measure,
    'all' as bucket,
    identifiers as numerator,
    cast(null as bigint) as denominator,
    'Identifiers that a file in landing/labels/people gives a person and a record still gives.'
        as description
from pairs
where identifiers > 0
union all
select
    'precision', 'all', found, claimed,
    'Of the pairs of labelled identifiers that are one customer, the share that is one person.'
from pairs
union all
select
    'recall', 'all', found, existing,
    'Of the pairs of labelled identifiers that are one person, the share that is one customer.'
from pairs
union all
select
    'f1', 'all', 2 * found, claimed + existing,
    'The harmonic mean of precision and recall.'
from pairs
