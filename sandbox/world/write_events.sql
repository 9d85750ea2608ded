-- One of `file_count` event files of equal length, in order of arrival. The delimiter occurs in no
-- line and nothing is quoted, so each line lands as it is.

-- Lines keep their order because the arrivals are always the side that is read through: neither
-- of these may turn a join around.
set disabled_optimizers = 'join_order,build_side_probe_side';
set variable first_line = (
    select count(*) * getvariable('file_number') // getvariable('file_count') + 1 from arrivals
);
set variable last_line = (
    select count(*) * (getvariable('file_number') + 1) // getvariable('file_count') from arrivals
);
copy (
    select line from lines
    where line_number between getvariable('first_line') and getvariable('last_line')
) to (
    getvariable('out') || '/events/events_'
    || lpad(getvariable('file_number')::varchar, 3, '0') || getvariable('file_ending')
) (
    format csv, header false, quote '', escape '', delimiter e'\x01', compression {compression}
);
