-- The rows to send, one line per batch, in the order in which they travel.
copy (
    select
        batch,
        epoch(now()) as planned_at,
        list(
            struct_pack(
                "position" := position,
                "operation" := operation,
                "customer_id" := customer_id,
                "match" := match_value,
                "fields" := fields
            )
            order by position
        ) as rows
    from batched
    group by batch
    order by batch
) to '{spool}' (format json);
