-- The rows of a run that travel in jobs of the vendor's, as a spool that asks about them.
copy (
    select
        batch,
        position,
        operation,
        customer_id,
        match_value,
        '' as fields,
        coalesce(row_key, concat(run_id, '-', batch, '-', position)) as key,
        '' as remote_id,
        ticket
    from ledger.activation.sync_outbox
    where run_id = getvariable('run_id') and ticket is not null
    order by batch, ticket, position
) to '{spool}' (format parquet, compression 'uncompressed', row_group_size 8192);
