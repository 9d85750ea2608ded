copy (
    select
        record_id,
        $proposed_at as updated_at,
        is_deleted,
        record
    from proposals
    where is_new
    order by record_id
) to $path (format parquet)
