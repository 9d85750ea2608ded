-- What the ledger says is there, against what should be there.

-- The one place where consent is asked: no row without a yes, and a no outweighs a yes.
create or replace temp table granted as
select cast(customer_id as varchar) as customer_id
from serving.customers.consents
where
    purpose = getvariable('purpose')
    and channel = getvariable('channel')
    and customer_id is not null
group by customer_id
having bool_and(coalesce(is_granted, false));

create or replace temp table known as
select
    match_value,
    customer_id,
    fields_hash
from activation.sync_state
where sync = getvariable('sync');

-- Two people can claim one record of the destination: who holds it keeps it.
create or replace temp table consented as
select
    audience.customer_id,
    audience.match_value,
    audience.fields,
    md5(audience.fields) as fields_hash,
    case
        when audience.match_value is null then 'match_missing'
        when
            row_number() over (
                partition by audience.match_value
                order by known.customer_id is null, audience.customer_id
            ) > 1
            then 'match_not_unique'
    end as obstacle
from audience
inner join granted on audience.customer_id = granted.customer_id
left join known
    on
        audience.match_value = known.match_value
        and audience.customer_id = known.customer_id;

create or replace temp table changes as
with sendable as (
    select
        customer_id,
        match_value,
        fields,
        fields_hash
    from consented
    where obstacle is null
),

differences as (
    select
        coalesce(sendable.match_value, known.match_value) as match_value,
        coalesce(sendable.customer_id, known.customer_id) as customer_id,
        case
            when sendable.match_value is null then 'removed'
            when known.match_value is null then 'added'
            else 'changed'
        end as operation,
        sendable.fields,
        sendable.fields_hash
    from sendable
    full outer join known on sendable.match_value = known.match_value
    where
        case
            when sendable.match_value is null
                then
                    getvariable('takes_leavers_back')
                    or known.customer_id not in (select granted.customer_id from granted)
            else known.fields_hash is distinct from sendable.fields_hash
        end
)

-- A row refused before waits until its content changes or its turn comes.
select
    differences.*,
    exists (
        select 1
        from activation.sync_rejections as refused
        where
            refused.sync = getvariable('sync')
            and refused.is_open
            and refused.customer_id = differences.customer_id
            and (refused.operation = 'removed') = (differences.operation = 'removed')
            and refused.fields_hash is not distinct from differences.fields_hash
            and coalesce(refused.retry_in_runs > 1, true)
    ) as is_waiting
from differences;

-- Removals travel first, and never in one request with anything else.
create or replace temp table batched as
with numbered as (
    select
        match_value,
        customer_id,
        operation,
        fields,
        fields_hash,
        row_number() over (
            partition by operation = 'removed'
            order by match_value
        ) - 1 as place
    from changes
    where not is_waiting
)

select
    match_value,
    customer_id,
    operation,
    fields,
    fields_hash,
    cast(
        dense_rank() over (
            order by operation <> 'removed', place // getvariable('batch_size')
        ) - 1 as integer
    ) as batch,
    cast(place % getvariable('batch_size') as integer) as position
from numbered;
