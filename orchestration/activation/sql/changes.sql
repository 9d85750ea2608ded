-- What has to travel so that the destination says what the model says.
create or replace temp table departed as
select
    match_value,
    known_customer_id as customer_id,
    known_hash as fields_hash,
    remote_id,
    row_key,
    doubted_hash
from compared
where not is_wanted;

-- What was told once is not told again because its customer got another id.
create or replace temp table moved as
select
    departed.match_value,
    compared.match_value as new_match_value,
    compared.wanted_customer_id as new_customer_id
from departed
inner join compared on departed.customer_id = compared.wanted_customer_id
where getvariable('only_adds') and not compared.is_known
qualify row_number() over (
    partition by compared.match_value order by departed.match_value
) = 1;

-- Of them and of whom their records belong to now, who still says yes, and who is sent otherwise.
create or replace temp table owners as
select
    cast(model.{match} as varchar) as match_value,
    cast(model.{key} as varchar) as customer_id
from serving.{model} as model
where cast(model.{match} as varchar) in (select departed.match_value from departed);

create or replace temp table willing as
select customer_id
from granted
where
    customer_id in (select departed.customer_id from departed)
    or customer_id in (select owners.customer_id from owners);

create or replace temp table sent_otherwise as
select customer_id
from sendable
where customer_id in (select departed.customer_id from departed);

-- The record may be somebody else's by now, or its person may be known by another value.
create or replace temp table leavers as
select
    departed.*,
    getvariable('takes_leavers_back')
    or departed.customer_id not in (select willing.customer_id from willing)
    or departed.customer_id in (select sent_otherwise.customer_id from sent_otherwise)
    or exists (
        select 1
        from owners
        where
            owners.match_value = departed.match_value
            and owners.customer_id not in (select willing.customer_id from willing)
    ) as is_due
from departed
anti join moved on departed.match_value = moved.match_value;

create or replace temp table differences as
select
    match_value,
    customer_id,
    'removed' as operation,
    cast(null as ubigint) as fields_hash,
    remote_id,
    case when fields_hash is null and doubted_hash is null then row_key end as row_key
from leavers
where is_due and getvariable('removal') <> 'nothing'
union all
select
    match_value,
    wanted_customer_id as customer_id,
    case when is_known then 'changed' else 'added' end as operation,
    wanted_hash as fields_hash,
    remote_id,
    case when doubted_hash = wanted_hash then row_key end as row_key
from compared
where
    is_wanted
    and known_hash is distinct from wanted_hash
    -- What only adds does not correct what it added.
    and not (getvariable('only_adds') and known_hash is not null)
    and match_value not in (select moved.new_match_value from moved);

-- A row refused before waits until its content changes or its turn comes; a row that travels in a job
-- of the vendor's, until that is done.
create or replace temp table waiting as
select differences.match_value
from refused
inner join differences
    on
        refused.customer_id = differences.customer_id
        and refused.is_removal = (differences.operation = 'removed')
        and refused.fields_hash is not distinct from differences.fields_hash
where coalesce(refused.retry_in_runs > 1, true)
union
select differences.match_value
from under_way
inner join differences on under_way.match_value = differences.match_value
union
select differences.match_value
from under_way
inner join differences on under_way.customer_id = differences.customer_id;
