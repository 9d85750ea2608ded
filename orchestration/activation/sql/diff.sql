-- What the ledger says is there, against what should be there.

-- Ids that name somebody by another id today: merged, or split and gone.
create or replace temp table renamed as
with issued as (
    select customer_id as issued_id
    from known
    union all
    select customer_id from contacted
    union all
    select customer_id from held_by_peers
),

by_founder as (
    select
        own_customer_id as issued_id,
        max(customer_id) as customer_id
    from serving.identity.customer_ids
    where
        own_customer_id <> customer_id
        and own_customer_id in (select issued.issued_id from issued)
    group by own_customer_id
),

gone as (
    select
        old_customer_id,
        new_customer_id,
        identifiers
    from serving.identity.customer_id_history
    where old_customer_id in (select issued.issued_id from issued)
),

by_heirs as (
    select
        gone.old_customer_id as issued_id,
        max_by(ids.customer_id, (gone.identifiers, ids.customer_id)) as customer_id
    from gone
    inner join serving.identity.customer_ids as ids on gone.new_customer_id = ids.own_customer_id
    where
        not exists (
            select 1
            from serving.identity.customer_ids as founders
            where founders.own_customer_id = gone.old_customer_id
        )
    group by gone.old_customer_id
)

select
    issued_id,
    customer_id
from by_founder
union all
select
    issued_id,
    customer_id
from by_heirs;

create or replace temp view known_today as
select
    known.* exclude (customer_id),
    known.customer_id as sent_as,
    coalesce(renamed.customer_id, known.customer_id) as customer_id
from known
left join renamed on known.customer_id = renamed.issued_id;

-- Two people can claim one record of the destination: who holds it keeps it.
create or replace temp table unaddressable as
with shared as (
    select match_value
    from audience
    where
        is_consented
        and match_value is not null
        -- A key is nobody else's, which has been made sure of.
        and not getvariable('is_known_by_key')
    group by match_value
    having count(*) > 1
),

claims as (
    select
        audience.customer_id,
        row_number() over (
            partition by audience.match_value
            order by known_today.customer_id is null, audience.customer_id
        ) as place
    from audience
    inner join shared on audience.match_value = shared.match_value
    left join known_today
        on
            audience.match_value = known_today.match_value
            and audience.customer_id = known_today.customer_id
    where audience.is_consented
)

select
    customer_id,
    'match_not_unique' as obstacle
from claims
where place > 1
union all
select
    customer_id,
    'match_missing' as obstacle
from audience
where is_consented and match_value is null;

create or replace temp view sendable as
select
    customer_id,
    match_value,
    fields_hash
from audience
where
    is_consented
    and customer_id not in (select unaddressable.customer_id from unaddressable);

-- Only what differs.
create or replace temp table compared as
select
    coalesce(sendable.match_value, known_today.match_value) as match_value,
    sendable.match_value is not null as is_wanted,
    known_today.match_value is not null as is_known,
    sendable.customer_id as wanted_customer_id,
    sendable.fields_hash as wanted_hash,
    known_today.customer_id as known_customer_id,
    known_today.sent_as,
    known_today.fields_hash as known_hash,
    known_today.remote_id,
    known_today.row_key,
    known_today.doubted_hash
from sendable
full outer join known_today on sendable.match_value = known_today.match_value
where
    sendable.match_value is null
    or known_today.fields_hash is distinct from sendable.fields_hash
    or known_today.sent_as <> sendable.customer_id;
