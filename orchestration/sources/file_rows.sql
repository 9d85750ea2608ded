-- The rows of one dropped CSV file.
create or replace temp table file_rows (
    line_number bigint,
    record json,
    refusal varchar,
    line varchar
);
