-- Who the sync is about, and a fingerprint of what it would say of them. One row per row of the
-- model that is in the segment, if the sync has one.
create or replace temp table audience as
select
    cast(model.{key} as varchar) as customer_id,
    nullif(cast(model.{match} as varchar), '') as match_value,
    md5(cast({fields} as varchar)) as fields_hash
from serving.{model} as model
where
    getvariable('segment') is null
    or cast(model.{key} as varchar) in (
        select cast(members.customer_id as varchar)
        from serving.segments.segment_members as members
        where members.segment = getvariable('segment')
    );
