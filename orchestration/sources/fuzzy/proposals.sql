-- What the predictions say that has not landed yet. One row per pair. The score is rounded, so that
-- a name that becomes a little more common among all customers is no news about two of them.
create temp table proposals as
with
stated as (
    select
        concat(a.node_id, '|', b.node_id) as record_id,
        false as is_deleted,
        cast(to_json({{
            'a_node_id': a.node_id,
            'b_node_id': b.node_id,
            'a_identifier': left(a.identifier_md5, 8),
            'b_identifier': left(b.identifier_md5, 8),
            'score': round(predicted.match_probability, 3),
            'model_version': $model_version
        }}) as varchar) as record
    from {predictions} as predicted
    inner join profiles as a
        on a.node_id = least(predicted.node_id_l, predicted.node_id_r)
    inner join profiles as b
        on b.node_id = greatest(predicted.node_id_l, predicted.node_id_r)
    where len(list_intersect(a.distinguished_by, b.distinguished_by)) = 0
),

latest as (
    select
        record_id,
        is_deleted,
        record
    from landed
    qualify row_number() over (partition by record_id order by updated_at desc) = 1
),

-- Two customers who are one by now are compared no more, and their proposal stands.
withdrawn as (
    select
        latest.record_id,
        true as is_deleted,
        latest.record
    from latest
    inner join profiles as a
        on a.node_id = cast(latest.record ->> '$.a_node_id' as bigint)
    inner join profiles as b
        on b.node_id = cast(latest.record ->> '$.b_node_id' as bigint)
    where latest.record_id not in (select stated.record_id from stated)
)

select
    said.*,
    said.is_deleted is distinct from latest.is_deleted
    or said.record is distinct from latest.record as is_new
from (
    select * from stated
    union all
    select * from withdrawn
) as said
left join latest on said.record_id = latest.record_id;
