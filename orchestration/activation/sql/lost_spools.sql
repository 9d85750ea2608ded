-- Deliveries that were begun, as their journals in the spool tell, and that the ledger does not know.
create or replace temp table lost_runs as
select
    begun.run_id,
    begun.sync,
    cast(null as varchar) as destination,
    cast(0 as bigint) as sent
from (
    select
        unnest(cast(getvariable('begun') as varchar[])) as run_id,
        unnest(cast(getvariable('begun_of') as varchar[])) as sync
) as begun
anti join ledger.activation.sync_runs as known on begun.run_id = known.run_id;
