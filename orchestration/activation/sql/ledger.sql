-- The ledger of what was sent where. The first three tables are doorways, the others are private.
-- Ids and hashes hardly get smaller by compression, which takes as long as everything else that is
-- done while the ledger is open for writing. For what is the same in all rows of a run, DuckDB would
-- try several ways of compression to arrive at this one.
create schema if not exists activation;

-- One row per run of a sync. Once it is settled, audience + removed
-- = withheld + unsendable + capped + unchanged + waiting
-- + sent + rejected + in_doubt + unsent + pending.
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
    requests bigint not null,
    capped bigint default 0,
    pending bigint default 0,
    -- In ledgers of the first days they are counted as rejected.
    unsendable bigint default 0
);

-- One row per row that a destination has taken.
create table if not exists activation.sync_changes (
    run_id varchar not null using compression dictionary,
    sync varchar not null using compression dictionary,
    customer_id varchar not null using compression uncompressed,
    operation varchar not null using compression dictionary,
    fields_hash ubigint using compression uncompressed,
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
    fields_hash ubigint,
    rejected_at timestamp not null,
    is_open boolean not null
);

-- What each destination holds because of us, by the value it knows the record by.
-- A null hash is a row in doubt: it may or may not have arrived.
create table if not exists activation.sync_state (
    sync varchar not null using compression dictionary,
    match_value varchar not null using compression uncompressed,
    customer_id varchar not null using compression uncompressed,
    fields_hash ubigint using compression uncompressed,
    remote_id varchar,
    -- While in doubt: the key and the content of what may have arrived.
    row_key varchar,
    doubted_hash ubigint,
    -- Of which destination, kind of record and list it is told; null in ledgers of the first days.
    target varchar using compression dictionary
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
    fields_hash ubigint,
    target varchar,
    row_key varchar,
    -- The vendor's job in which the row travels.
    ticket varchar
);

-- A person's word that a run which a guard held may go out, once.
create table if not exists activation.sync_approvals (
    sync varchar not null,
    run_id varchar not null,
    added bigint not null,
    removed bigint not null,
    approved_at timestamp not null,
    used_in_run_id varchar
);
