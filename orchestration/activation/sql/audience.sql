-- The one place where consent is asked: no row without a yes, and a no outweighs a yes. Without a
-- purpose or a channel there is no yes to find.
create or replace temp table granted as
with answers as (
    select
        cast(customer_id as varchar) as customer_id,
        coalesce(is_granted, false) as is_granted
    from serving.customers.consents
    where
        purpose = getvariable('purpose')
        and channel = getvariable('channel')
        and customer_id is not null
)

select customer_id
from answers
where
    is_granted
    and customer_id not in (select customer_id from answers where not is_granted);

-- Who the sync is about, and a fingerprint of what it would say of those who said yes. One row per
-- row of the model that is in the segment, if the sync has one.
create or replace temp table audience as
with asked as (
    select
        *,
        coalesce(
            cast({key} as varchar) in (select granted.customer_id from granted), false
        ) as "has said yes"
    from serving.{model}
    where
        not getvariable('is_retired')
        and (
            getvariable('segment') is null
            or cast({key} as varchar) in (
                select cast(members.customer_id as varchar)
                from serving.segments.segment_members as members
                where members.segment = getvariable('segment')
            )
        )
)

select
    cast(model.{key} as varchar) as customer_id,
    nullif(cast(model.{match} as varchar), '') as match_value,
    model."has said yes" as is_consented,
    -- Half of the digest will do: a row is only ever compared with itself.
    case
        when model."has said yes"
            then cast(md5_number(cast({fields} as varchar)) >> 64 as ubigint)
    end as fields_hash
from asked as model;
