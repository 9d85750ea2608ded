-- What of a run travels in jobs of the vendor's. Former plans wrote everything down there.
create or replace temp table outbox as
select
    batch,
    position,
    operation,
    customer_id,
    match_value,
    fields_hash,
    row_key
from ledger.activation.sync_outbox
where run_id = getvariable('run_id');

set variable target = (
    select max(coalesce(target, ''))
    from ledger.activation.sync_outbox
    where run_id = getvariable('run_id')
);
