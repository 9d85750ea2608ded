-- The rows to send, one line per row, in the order in which they travel.
copy (
    select
        batched.batch,
        batched.position,
        batched.operation,
        batched.customer_id,
        batched.match_value as "match",
        case
            when batched.operation = 'removed' then ''
            else cast({fields} as varchar)
        end as fields,
        batched.row_key as "key",
        coalesce(batched.remote_id, '') as remote_id
    from batched
    left join serving.{model} as model on cast(model.{key} as varchar) = batched.customer_id
    order by batched.batch, batched.position
) to '{spool}' (format json);
