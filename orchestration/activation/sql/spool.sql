-- The rows to send, one line per row, in the order in which they travel; the members of a row in
-- their order.
copy (
    select
        batched.batch,
        json_array(
            batched.position,
            batched.operation,
            batched.customer_id,
            batched.match_value,
            case
                when batched.operation = 'removed' then ''
                else cast({fields} as varchar)
            end,
            coalesce(
                batched.row_key, md5(getvariable('run_id') || ' ' || batched.match_value)
            ),
            coalesce(batched.remote_id, ''),
            ''
        ) as "row"
    from batched
    left join serving.{model} as model on cast(model.{key} as varchar) = batched.customer_id
    order by batched.batch, batched.position
) to '{spool}' (format json);
