-- Forgets what a sync holds anywhere but at the target, and its refusals; without a target, anywhere.
delete from activation.sync_state
where
    sync = $sync
    and coalesce(target, '') <> coalesce($target, 'nowhere');
