-- How many pairs a rule of blocking brings together.
select cast(coalesce(sum(customers * (customers - 1) / 2), 0) as bigint)
from (
    select cast(count(*) as double) as customers
    from profiles
    where {present}
    group by {columns}
)
