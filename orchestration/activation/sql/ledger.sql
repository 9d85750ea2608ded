-- The ledger of what was sent where. The first three tables are doorways, the last two are private.
create schema if not exists activation;

-- One row per run of a sync. For a settled or partial run
-- audience + removed = withheld + unchanged + waiting + sent + rejected + in_doubt + unsent.
create table if not exists activation.sync_runs (
    run_id varchar not null,
    sync varchar not null,
    destination varchar not null,
    status varchar not null,
    reason varchar,
    published_at timestamp,
    planned_at timestamp not null,
    settled_at timestamp,
    audience bigint not null,
    withheld bigint not null,
    unchanged bigint not null,
    waiting bigint not null,
    added bigint not null,
    changed bigint not null,
    removed bigint not null,
    sent bigint not null,
    rejected bigint not null,
    in_doubt bigint not null,
    unsent bigint not null,
    requests bigint not null
);

-- One row per row that a destination has taken.
create table if not exists activation.sync_changes (
    run_id varchar not null,
    sync varchar not null,
    customer_id varchar not null,
    operation varchar not null,
    fields_hash varchar,
    sent_at timestamp not null
);

-- One row per row refused, with the destination's words; open until delivered or no longer due.
create table if not exists activation.sync_rejections (
    run_id varchar not null,
    sync varchar not null,
    customer_id varchar not null,
    operation varchar not null,
    code varchar not null,
    message varchar not null,
    attempts integer not null,
    retry_in_runs integer,
    fields_hash varchar,
    rejected_at timestamp not null,
    is_open boolean not null
);

-- What each destination holds because of us, by the value it knows the record by.
-- A null hash is a row in doubt: it may or may not have arrived.
create table if not exists activation.sync_state (
    sync varchar not null,
    match_value varchar not null,
    customer_id varchar not null,
    fields_hash varchar
);

-- What the runs that are planned and not yet settled set out to send.
create table if not exists activation.sync_outbox (
    run_id varchar not null,
    sync varchar not null,
    batch integer not null,
    position integer not null,
    operation varchar not null,
    customer_id varchar not null,
    match_value varchar not null,
    fields_hash varchar
);
