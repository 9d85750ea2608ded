-- Who the sync is about, and what it would say of them. One row per row of the model that is in
-- the segment, if the sync has one.
create or replace temp table audience as
select
    cast({key} as varchar) as customer_id,
    nullif(cast({match} as varchar), '') as match_value,
    cast(json_object({fields}) as varchar) as fields
from serving.{model}
where
    getvariable('segment') is null
    or cast({key} as varchar) in (
        select cast(members.customer_id as varchar)
        from serving.segments.segment_members as members
        where members.segment = getvariable('segment')
    );
