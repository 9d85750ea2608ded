-- What has to travel so that the destination says what the model says.
create or replace temp table departed as
select known_today.*
from known_today
anti join sendable on known_today.match_value = sendable.match_value;

-- What was told once is not told again because its customer got another id.
create or replace temp table moved as
select
    departed.match_value,
    sendable.match_value as new_match_value,
    sendable.customer_id as new_customer_id
from departed
inner join sendable on departed.customer_id = sendable.customer_id
anti join known_today on sendable.match_value = known_today.match_value
where getvariable('only_adds')
qualify row_number() over (
    partition by sendable.match_value order by departed.match_value
) = 1;

-- The record may be somebody else's by now, or its person may be known by another value.
create or replace temp table leavers as
with owners as (
    select
        cast(model.{match} as varchar) as match_value,
        cast(model.{key} as varchar) as customer_id
    from serving.{model} as model
    semi join departed on cast(model.{match} as varchar) = departed.match_value
)

select
    departed.*,
    getvariable('takes_leavers_back')
    or departed.customer_id not in (select granted.customer_id from granted)
    or departed.customer_id in (select sendable.customer_id from sendable)
    or exists (
        select 1
        from owners
        where
            owners.match_value = departed.match_value
            and owners.customer_id not in (select granted.customer_id from granted)
    ) as is_due
from departed
anti join moved on departed.match_value = moved.match_value;

create or replace temp table changes as
with differences as (
    select
        match_value,
        customer_id,
        'removed' as operation,
        cast(null as varchar) as fields_hash,
        remote_id,
        case when fields_hash is null and doubted_hash is null then row_key end as row_key
    from leavers
    where is_due and getvariable('removal') <> 'nothing'
    union all
    select
        sendable.match_value,
        sendable.customer_id,
        case when known_today.match_value is null then 'added' else 'changed' end as operation,
        sendable.fields_hash,
        known_today.remote_id,
        case
            when known_today.doubted_hash = sendable.fields_hash then known_today.row_key
        end as row_key
    from sendable
    left join known_today on sendable.match_value = known_today.match_value
    where
        known_today.fields_hash is distinct from sendable.fields_hash
        -- What only adds does not correct what it added.
        and not (getvariable('only_adds') and known_today.fields_hash is not null)
        and sendable.match_value not in (select moved.new_match_value from moved)
)

select
    differences.*,
    -- A row refused before waits until its content changes or its turn comes; a row that travels
    -- in a job of the vendor's, until that is done.
    exists (
        select 1
        from refused
        where
            refused.customer_id = differences.customer_id
            and refused.is_removal = (differences.operation = 'removed')
            and refused.fields_hash is not distinct from differences.fields_hash
            and coalesce(refused.retry_in_runs > 1, true)
    )
    or exists (
        select 1
        from under_way
        where
            under_way.match_value = differences.match_value
            or under_way.customer_id = differences.customer_id
    ) as is_waiting,
    false as is_capped
from differences;
