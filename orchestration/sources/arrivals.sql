-- What this run of the load takes up; every file of it ends as one row of raw.loads.
create or replace temp table arrived_files (
    source varchar,
    source_table varchar,
    raw_table varchar,
    is_events boolean,
    path varchar,
    file varchar,
    bytes bigint,
    refusal varchar
);

create or replace temp table event_arrivals (
    message_id varchar,
    received_at varchar,
    path varchar,
    refusal varchar
);

create or replace temp table event_lines (
    path varchar,
    line_number bigint,
    is_utf8 boolean,
    line varchar
);

create or replace temp table record_arrivals (
    raw_table varchar,
    path varchar,
    line_number bigint,
    record_id varchar,
    updated_at varchar,
    is_deleted boolean,
    record varchar,
    refusal varchar,
    line varchar
);

create or replace temp table record_versions (
    raw_table varchar,
    path varchar,
    record_id varchar,
    updated_at varchar,
    is_deleted boolean,
    record json
);
