-- The rows to send, one line per batch, in the order in which they travel.
copy (
    select
        batched.batch,
        getvariable('planned_at') as planned_at,
        list(
            struct_pack(
                "position" := batched.position,
                "operation" := batched.operation,
                "customer_id" := batched.customer_id,
                "match" := batched.match_value,
                "fields" := case
                    when batched.operation = 'removed' then ''
                    else cast({fields} as varchar)
                end,
                "key" := batched.row_key,
                "remote_id" := coalesce(batched.remote_id, '')
            )
            order by batched.position
        ) as rows
    from batched
    left join serving.{model} as model
        on
            cast(model.{key} as varchar) = batched.customer_id
            and batched.operation <> 'removed'
    group by batched.batch
    order by batched.batch
) to '{spool}' (format json);
