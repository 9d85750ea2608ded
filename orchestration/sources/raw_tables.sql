-- What the load step keeps besides the records: events, the ledger of files, the fields that
-- records showed, what was refused.
create schema if not exists raw;

create table if not exists raw.events (
    message_id varchar,
    type varchar,
    event varchar,
    name varchar,
    user_id varchar,
    anonymous_id varchar,
    group_id varchar,
    previous_id varchar,
    channel varchar,
    event_timestamp varchar,
    original_timestamp varchar,
    sent_at varchar,
    received_at varchar,
    context json,
    properties json,
    traits json,
    file varchar,
    batch_id bigint,
    loaded_at timestamp default (cast(current_timestamp at time zone 'UTC' as timestamp))
);

create table if not exists raw.loads (
    batch_id bigint,
    source varchar,
    file varchar,
    bytes bigint,
    lines bigint,
    loaded bigint,
    duplicates bigint,
    quarantined bigint,
    loaded_at timestamp
);

create table if not exists raw.fields (
    raw_table varchar,
    field varchar,
    kind varchar,
    batch_id bigint
);

create table if not exists raw.quarantine (
    batch_id bigint,
    source varchar,
    file varchar,
    line_number bigint,
    reason varchar,
    line varchar
);
