-- Of which sync and where all rows of the outbox are, and the vendor's own ids of them.
set variable sync = (select max(outbox.sync) from outbox);
set variable target = (select max(outbox.target) from outbox);

create or replace temp table remote_ids as
select
    match_value,
    remote_id
from ledger.activation.sync_state
where
    sync = getvariable('sync')
    and coalesce(target, getvariable('target')) = getvariable('target')
    and remote_id is not null
    and match_value in (select outbox.match_value from outbox);
