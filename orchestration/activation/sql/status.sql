-- Where everybody stands with every sync: what came of the latest that was tried. One row per sync
-- and customer whom it ever had to do with.
create or replace table serving.activation.sync_status as
with standings as (
    select sync, customer_id, 'pending' as status, 1 as precedence, cast(null as varchar) as code
    from ledger.activation.sync_outbox
    where ticket is not null
    union all
    select sync, customer_id, 'rejected', 2, code
    from ledger.activation.sync_rejections
    where is_open
    union all
    select
        sync,
        customer_id,
        case when fields_hash is null then 'in doubt' else 'sent' end,
        3,
        null
    from ledger.activation.sync_state
    union all
    select sync, customer_id, 'removed', 4, null
    from ledger.activation.sync_changes
    where operation = 'removed'
),

latest as (
    select
        sync,
        customer_id,
        max(sent_at) as sent_at,
        max_by(run_id, (sent_at, run_id)) as sent_in_run_id
    from ledger.activation.sync_changes
    group by sync, customer_id
)

select
    standings.sync,
    standings.customer_id,
    min_by(standings.status, standings.precedence) as status,
    min(standings.code) filter (where standings.precedence = 2) as code,
    any_value(latest.sent_at) as sent_at,
    any_value(latest.sent_in_run_id) as sent_in_run_id
from standings
left join latest
    on
        standings.sync = latest.sync
        and standings.customer_id = latest.customer_id
group by standings.sync, standings.customer_id;
