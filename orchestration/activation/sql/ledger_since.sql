-- What ledgers of the first days did not have.
alter table activation.sync_runs add column if not exists capped bigint default 0;
alter table activation.sync_runs add column if not exists pending bigint default 0;
alter table activation.sync_runs add column if not exists unsendable bigint default 0;
alter table activation.sync_state add column if not exists remote_id varchar;
alter table activation.sync_state add column if not exists row_key varchar;
alter table activation.sync_state add column if not exists doubted_hash ubigint;
alter table activation.sync_state add column if not exists target varchar;
alter table activation.sync_outbox add column if not exists target varchar;
alter table activation.sync_outbox add column if not exists row_key varchar;
alter table activation.sync_outbox add column if not exists ticket varchar;

-- They kept the whole digest as text; its second half, read backwards, is the number of today.
create or replace temp macro as_number(digest) as cast(
    case
        when length(digest) = 32
            then concat(
                '0x',
                array_to_string(list_reverse(regexp_extract_all(substr(digest, 17), '..')), '')
            )
        else digest
    end as ubigint
);
alter table activation.sync_changes
alter column fields_hash set data type ubigint using as_number(cast(fields_hash as varchar));
alter table activation.sync_rejections
alter column fields_hash set data type ubigint using as_number(cast(fields_hash as varchar));
alter table activation.sync_state
alter column fields_hash set data type ubigint using as_number(cast(fields_hash as varchar));
alter table activation.sync_state
alter column doubted_hash set data type ubigint using as_number(cast(doubted_hash as varchar));
alter table activation.sync_outbox
alter column fields_hash set data type ubigint using as_number(cast(fields_hash as varchar));
