-- What a run set out to send, copied out of the ledger.
create or replace temp table outbox as
select *
from ledger.activation.sync_outbox
where run_id = getvariable('run_id');
