-- Records that were there and are not any more; their deletion is later than all that was read.
select
    record_id,
    strftime(
        greatest(cast($now as timestamp), cast(updated_at as timestamp) + interval 1 microsecond),
        '%Y-%m-%dT%H:%M:%S.%fZ'
    ) as deleted_at
from landed
where
    not is_deleted
    and record_id not in (select present.record_id from present)
order by record_id;
