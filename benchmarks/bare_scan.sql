-- The bare scan: two columns of the event files, and nothing written.
select
    count(messageId) as messages,
    count(type) as typed
from read_json(
    $paths,
    format = 'newline_delimited',
    ignore_errors = true,
    columns = {messageId: 'varchar', type: 'varchar'}
);
