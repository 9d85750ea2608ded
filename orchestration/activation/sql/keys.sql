-- Keys that do not name exactly one row. One row in all: how many there are, and a few of them.
with counted as (
    select
        customer_id,
        count(*) as occurrences
    from audience
    group by customer_id
),

offenders as (
    select coalesce(customer_id, 'null') as customer_id
    from counted
    where occurrences > 1 or customer_id is null
)

select
    count(*) as offenders,
    array_to_string(list(customer_id order by customer_id)[1:5], ', ') as sample
from offenders;
