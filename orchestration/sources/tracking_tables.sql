-- What the load keeps of the tracking plan: the plan that it last checked by, what was found wrong,
-- and which messages were held back. A held message is a row of raw.events that belongs to no batch.
create table if not exists raw.tracking_plan (
    event_name varchar,
    mode varchar,
    part varchar,
    elements varchar,
    parent varchar,
    path varchar,
    location varchar,
    keyword varchar,
    argument varchar,
    batch_id bigint
);

create table if not exists raw.tracking_violations (
    message_id varchar,
    event_name varchar,
    mode varchar,
    location varchar,
    keyword varchar,
    argument varchar,
    found varchar,
    occurrences bigint,
    batch_id bigint
);

create table if not exists raw.held_messages (
    message_id varchar,
    event_name varchar,
    file varchar,
    batch_id bigint,
    released_batch_id bigint
);

create or replace temp table tracking_found (
    message_id varchar,
    event_name varchar,
    mode varchar,
    location varchar,
    keyword varchar,
    argument varchar,
    found varchar,
    occurrences bigint
);

