-- Records that are there and were never read, and (is_gone) those that were taken for deleted.
select
    present.record_id,
    coalesce(landed.is_gone, false) as is_gone
from present
left join landed on present.record_id = landed.record_id
where landed.is_gone or (landed.record_id is null and not present.is_read);
