-- One file of messages, oldest first. Nothing is quoted and the delimiter occurs in no line, so
-- each lands as it is.

copy (
    select line from lines
    where file = getvariable('file')
    order by happened_at, line
) to (
    getvariable('out') || '/events/' || getvariable('file') || '.ndjson'
) (format csv, header false, quote '', escape '', delimiter e'\x01');
