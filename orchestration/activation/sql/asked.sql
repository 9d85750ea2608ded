-- The rows of a run that travel in jobs of the vendor's, as a spool that asks about them.
copy (
    select
        batch,
        json_array(
            position,
            operation,
            customer_id,
            match_value,
            '',
            coalesce(row_key, md5(run_id || ' ' || match_value)),
            '',
            ticket
        ) as "row"
    from ledger.activation.sync_outbox
    where run_id = getvariable('run_id') and ticket is not null
    order by batch, ticket, position
) to '{spool}' (format json);
