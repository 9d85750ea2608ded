create table if not exists raw.{table} (
    record_id varchar,
    updated_at varchar,
    is_deleted boolean,
    record json,
    batch_id bigint
);
