-- Rows without a key, of another shape than their header, or that are not JSON.
insert into raw.quarantine
select
    $batch_id as batch_id,
    arrived_files.source,
    arrived_files.file,
    arrival.line_number,
    arrival.refusal as reason,
    coalesce(arrival.line, arrival.record) as line
from record_arrivals as arrival
inner join arrived_files on arrival.path = arrived_files.path
where arrival.refusal is not null;
