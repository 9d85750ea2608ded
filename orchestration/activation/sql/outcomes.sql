-- What the journal of one delivery says of each row. What it does not answer for is in doubt.
create or replace temp table journal as
select *
from read_json(
    getvariable('journal'),
    format = 'newline_delimited',
    ignore_errors = true,
    columns = {
        batch: 'integer',
        requests: 'bigint',
        rejected: 'struct(position integer, code varchar, message varchar)[]',
        in_doubt: 'integer[]',
        unsent: 'integer[]',
        pending: 'struct(position integer, ticket varchar)[]',
        known_as: 'struct(position integer, remote_id varchar)[]'
    }
)
-- A line torn by a crash.
where batch is not null and unsent is not null;

create or replace temp table told as
select batch, position, 'rejected' as outcome, code, message, null as ticket, null as remote_id
from (select batch, unnest(rejected, recursive := true) from journal)
union all
select batch, position, 'pending' as outcome, null, null, ticket, null
from (select batch, unnest(pending, recursive := true) from journal)
union all
select batch, position, 'sent' as outcome, null, null, null, remote_id
from (select batch, unnest(known_as, recursive := true) from journal)
union all
select batch, position, 'in_doubt' as outcome, null, null, null, null
from (select batch, unnest(in_doubt) as position from journal)
union all
select batch, position, 'unsent' as outcome, null, null, null, null
from (select batch, unnest(unsent) as position from journal);

create or replace temp table outcomes as
select
    outbox.batch,
    outbox.position,
    outbox.operation,
    outbox.customer_id,
    outbox.match_value,
    outbox.fields_hash,
    outbox.row_key,
    case when journal.batch is null then 'in_doubt' else coalesce(told.outcome, 'sent') end
    as outcome,
    told.code,
    told.message,
    told.ticket,
    coalesce(told.remote_id, remote_ids.remote_id) as remote_id
from outbox
left join journal on outbox.batch = journal.batch
left join told
    on
        outbox.batch = told.batch
        and outbox.position = told.position
left join remote_ids on outbox.match_value = remote_ids.match_value;

create or replace temp table counted as
select
    count(*) as planned,
    count(*) filter (where outcome = 'sent') as sent,
    count(*) filter (where outcome = 'rejected') as rejected,
    count(*) filter (where outcome = 'in_doubt') as in_doubt,
    count(*) filter (where outcome = 'unsent') as unsent,
    count(*) filter (where outcome = 'pending') as pending,
    (select coalesce(sum(journal.requests), 0) from journal) as requests
from outcomes;
