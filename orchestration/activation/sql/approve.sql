-- Somebody has looked at a held run and means it.
insert into activation.sync_approvals (sync, run_id, added, removed, approved_at)
values ($sync, $run_id, $added, $removed, cast(now() as timestamp));
