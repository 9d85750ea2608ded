-- What the ledger says is there, against what should be there.

-- The one place where consent is asked: no row without a yes, and a no outweighs a yes. Without a
-- purpose or a channel there is no yes to find.
create or replace temp table granted as
select cast(customer_id as varchar) as customer_id
from serving.customers.consents
where
    purpose = getvariable('purpose')
    and channel = getvariable('channel')
    and customer_id is not null
group by customer_id
having bool_and(coalesce(is_granted, false));

-- Ids that name somebody by another id today: merged, or split and gone.
create or replace temp table renamed as
with issued as (
    select customer_id as issued_id
    from known
    union
    select customer_id from contacted
    union
    select customer_id from held_by_peers
),

by_founder as (
    select
        ids.own_customer_id as issued_id,
        max(ids.customer_id) as customer_id
    from serving.identity.customer_ids as ids
    inner join issued on ids.own_customer_id = issued.issued_id
    group by ids.own_customer_id
),

by_heirs as (
    select
        history.old_customer_id as issued_id,
        max_by(ids.customer_id, (history.identifiers, ids.customer_id)) as customer_id
    from serving.identity.customer_id_history as history
    inner join issued on history.old_customer_id = issued.issued_id
    inner join serving.identity.customer_ids as ids
        on history.new_customer_id = ids.own_customer_id
    group by history.old_customer_id
)

select
    issued.issued_id,
    coalesce(by_founder.customer_id, by_heirs.customer_id) as customer_id
from issued
left join by_founder on issued.issued_id = by_founder.issued_id
left join by_heirs on issued.issued_id = by_heirs.issued_id
where coalesce(by_founder.customer_id, by_heirs.customer_id) <> issued.issued_id;

create or replace temp table known_today as
select
    known.* exclude (customer_id),
    known.customer_id as sent_as,
    coalesce(renamed.customer_id, known.customer_id) as customer_id
from known
left join renamed on known.customer_id = renamed.issued_id;

create or replace temp table consented as
select audience.*
from audience
inner join granted on audience.customer_id = granted.customer_id;

-- Two people can claim one record of the destination: who holds it keeps it.
create or replace temp table unaddressable as
with shared as (
    select match_value
    from consented
    where match_value is not null
    group by match_value
    having count(*) > 1
),

claims as (
    select
        consented.customer_id,
        row_number() over (
            partition by consented.match_value
            order by known_today.customer_id is null, consented.customer_id
        ) as place
    from consented
    inner join shared on consented.match_value = shared.match_value
    left join known_today
        on
            consented.match_value = known_today.match_value
            and consented.customer_id = known_today.customer_id
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
from consented
where match_value is null;

create or replace temp table sendable as
select consented.*
from consented
anti join unaddressable on consented.customer_id = unaddressable.customer_id;
