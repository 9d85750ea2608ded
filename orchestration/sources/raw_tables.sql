-- What the load step keeps besides the records: events, the ledger of files, the fields that
-- records showed, what was refused. DuckDB would try several ways of compression for each column of
-- events, to arrive at these for most: a fifth of the time of a load.
create schema if not exists raw;

create table if not exists raw.events (
    message_id varchar using compression fsst,
    type varchar using compression dictionary,
    event varchar using compression dictionary,
    name varchar using compression fsst,
    user_id varchar using compression fsst,
    anonymous_id varchar using compression fsst,
    group_id varchar using compression dictionary,
    previous_id varchar using compression dictionary,
    channel varchar using compression dictionary,
    event_timestamp varchar using compression fsst,
    original_timestamp varchar using compression fsst,
    sent_at varchar using compression fsst,
    received_at varchar using compression fsst,
    context json using compression fsst,
    properties json using compression fsst,
    traits json using compression fsst,
    file varchar using compression dictionary,
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
