-- What a run sets out to send, for whoever settles it; the spool has all of it as one file.
copy (
    select
        batch,
        position,
        operation,
        customer_id,
        match_value,
        fields_hash,
        -- What follows from the run and the row need not be kept.
        row_key
    from batched
) to '{outbox}' (
    format parquet,
    compression 'uncompressed',
    kv_metadata {{target: getvariable('target')}}
);
