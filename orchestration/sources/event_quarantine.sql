-- Exactly the lines that were refused.
insert into raw.quarantine
select
    $batch_id as batch_id,
    arrived_files.source,
    arrived_files.file,
    message.line_number,
    message.refusal as reason,
    message.line
from event_messages as message
inner join arrived_files on message.path = arrived_files.path
where message.refusal is not null;
