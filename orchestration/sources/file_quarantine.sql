-- Files that were refused as a whole.
insert into raw.quarantine
select
    $batch_id as batch_id,
    source,
    file,
    null as line_number,
    refusal as reason,
    null as line
from arrived_files
where refusal is not null;
