-- What a run set out to send, copied out of the ledger.
create or replace temp table outbox as
select
    * exclude (row_key, target),
    coalesce(target, '') as target,
    coalesce(row_key, md5(run_id || ' ' || match_value)) as row_key
from ledger.activation.sync_outbox
where run_id = getvariable('run_id');
