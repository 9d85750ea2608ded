-- A later version of every eighth contact with another address, and a tombstone for every thirteenth.
insert into raw.hubspot_contacts
select
    record_id,
    '2026-10-30T12:00:00.000Z' as updated_at,
    false as is_deleted,
    json_merge_patch(record, '{"properties": {"email": "moved@' || record_id || '.example"}}') as record,
    1 as batch_id
from raw.hubspot_contacts
where cast(record_id as bigint) % 8 = 0;

insert into raw.hubspot_contacts
select
    record_id,
    '2026-10-30T18:00:00.000Z' as updated_at,
    true as is_deleted,
    record,
    1 as batch_id
from raw.hubspot_contacts
where cast(record_id as bigint) % 13 = 0 and updated_at < '2026-10-30T12:00:00.000Z';

-- A deal that goes on to be won.
insert into raw.hubspot_deals
select
    record_id,
    '2026-10-30T12:00:00.000Z' as updated_at,
    false as is_deleted,
    json_merge_patch(record, '{"properties": {"dealstage": "closedwon"}}') as record,
    1 as batch_id
from raw.hubspot_deals
where cast(record_id as bigint) % 3 = 0;

-- A company that takes another domain.
insert into raw.hubspot_companies
select
    record_id,
    '2026-10-30T12:00:00.000Z' as updated_at,
    false as is_deleted,
    json_merge_patch(record, '{"properties": {"domain": "new-' || record_id || '.example"}}') as record,
    1 as batch_id
from raw.hubspot_companies
where cast(record_id as bigint) % 5 = 0;
