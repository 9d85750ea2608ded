-- Which of a file's lines the fast pass could not accept, counted over lines that are not blank.
-- Rows come in the order of the file only while preserve_insertion_order is on.
select
    list(position) filter (where refusal is not null) as refused_positions,
    count(*) as lines
from (
    select
        row_number() over () as position,
        event_refusal(messageId, type, userId, anonymousId) as refusal
    from read_json(
        [$path],
        format = 'newline_delimited',
        ignore_errors = true,
        columns = {
            messageId: 'varchar',
            type: 'varchar',
            userId: 'varchar',
            anonymousId: 'varchar'
        }
    )
);
