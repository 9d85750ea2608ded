-- Runs that sent something, as the publication has it, and that the ledger does not know.
insert into lost_runs
select
    told.run_id,
    told.sync,
    told.destination,
    told.sent + told.in_doubt as sent
from published.activation.sync_runs as told
anti join ledger.activation.sync_runs as known on told.run_id = known.run_id
where told.sent + told.in_doubt > 0 or told.status in ('planned', 'pending');
