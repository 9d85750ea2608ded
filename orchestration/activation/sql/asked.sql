-- The rows of a run that travel in jobs of the vendor's, as a spool that asks about them.
copy (
    select
        batch,
        0.0 as planned_at,
        list(
            struct_pack(
                "position" := position,
                "operation" := operation,
                "customer_id" := customer_id,
                "match" := match_value,
                "fields" := '',
                "key" := row_key,
                "ticket" := ticket
            )
            order by ticket, position
        ) as rows
    from ledger.activation.sync_outbox
    where run_id = getvariable('run_id') and ticket is not null
    group by batch
    order by batch
) to '{spool}' (format json);
