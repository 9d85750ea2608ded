-- How many rows a sync holds anywhere but at the target; without a target, anywhere.
select count(*) as held
from ledger.activation.sync_state
where
    sync = $sync
    and coalesce(target, '') <> coalesce($target, 'nowhere');
