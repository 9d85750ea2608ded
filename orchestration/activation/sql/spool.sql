-- The rows to send, in the order in which they travel, and what whoever settles them wants to know.
-- Few in a group, because a group is in memory as a whole while it is written and read.
copy (
    select
        batched.batch,
        batched.position,
        batched.operation,
        batched.customer_id,
        batched.match_value,
        case
            when batched.operation = 'removed' then ''
            else cast({fields} as varchar)
        end as fields,
        coalesce(
            batched.row_key,
            concat(getvariable('run_id'), '-', batched.batch, '-', batched.position)
        ) as key,
        coalesce(batched.remote_id, '') as remote_id,
        '' as ticket,
        batched.fields_hash,
        batched.row_key
    from batched
    -- A key may be there twice among those whom the sync is not about; whoever is removed is.
    left join serving.{model} as model
        on
            cast(model.{key} as varchar)
            = case when batched.operation <> 'removed' then batched.customer_id end
    order by batched.batch, batched.position
) to '{outbox}' (
    format parquet,
    compression 'uncompressed',
    row_group_size 8192,
    kv_metadata {{target: getvariable('target')}}
);
