-- The history that the publication still has. What a run was about whose end is not told is lost.
insert into activation.sync_runs by name
select * replace (if(status in ('planned', 'pending'), 'lost', status) as status)
from published.activation.sync_runs
where run_id in (select lost_runs.run_id from lost_runs);

insert into activation.sync_changes by name
-- In a publication of the first days it is a text, and tells nothing any more.
select * replace (try_cast(fields_hash as ubigint) as fields_hash)
from published.activation.sync_changes
where run_id in (select lost_runs.run_id from lost_runs);

-- Closed, because nobody knows what became of them since.
insert into activation.sync_rejections by name
select * replace (false as is_open, try_cast(fields_hash as ubigint) as fields_hash)
from published.activation.sync_rejections
where run_id in (select lost_runs.run_id from lost_runs);
