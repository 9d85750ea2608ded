-- A few of the rows that would travel, of each operation.
select
    batched.operation,
    batched.match_value,
    case when batched.operation <> 'removed' then cast({fields} as varchar) end as fields
from batched
left join serving.{model} as model
    on
        cast(model.{key} as varchar)
        = case when batched.operation <> 'removed' then batched.customer_id end
qualify row_number() over (
    partition by batched.operation order by batched.batch, batched.position
) <= $most
order by batched.batch, batched.position;
