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

-- A contact of HubSpot in five is merged into the next; every other of these is seen alive again.
insert into raw.hubspot_contacts
select
    record_id,
    '2026-10-30T20:00:00.000Z' as updated_at,
    true as is_deleted,
    json_object('id', record_id, 'mergedInto', cast(cast(record_id as bigint) + 1 as varchar)) as record,
    1 as batch_id
from (select distinct record_id from raw.hubspot_contacts)
where cast(record_id as bigint) % 5 = 0;

insert into raw.hubspot_contacts
select
    record_id,
    '2026-10-31T08:00:00.000Z' as updated_at,
    false as is_deleted,
    max(json_merge_patch(record, '{"properties": {"city": "Back Again"}}')) as record,
    1 as batch_id
from raw.hubspot_contacts
where cast(record_id as bigint) % 10 = 0 and json_exists(record, '$.properties')
group by record_id;

-- Contacts of Salesforce that were merged into one that then goes away itself.
insert into raw.salesforce_contact
select
    record_id,
    '2026-10-30T20:00:00.000Z' as updated_at,
    true as is_deleted,
    json_merge_patch(record, json_object('MasterRecordId', (select min(record_id) from raw.salesforce_contact))),
    1 as batch_id
from raw.salesforce_contact
where md5(record_id) < '4';

insert into raw.salesforce_contact
select
    record_id,
    '2026-10-31T08:00:00.000Z' as updated_at,
    true as is_deleted,
    record,
    1 as batch_id
from raw.salesforce_contact
where record_id = (select min(record_id) from raw.salesforce_contact);

-- Deals that pass to another contact, that lose theirs, and that are deleted.
insert into raw.hubspot_deals
select
    record_id,
    '2026-10-31T08:00:00.000Z' as updated_at,
    cast(record_id as bigint) % 4 = 2 as is_deleted,
    case cast(record_id as bigint) % 4
        when 0 then json_merge_patch(record, json_object('associations', json_object('contacts', json_object(
            'results', [json_object('id', (select min(record_id) from raw.hubspot_contacts))]
        ))))
        when 1 then json_merge_patch(record, '{"associations": {"contacts": {"results": []}}}')
        else record
    end as record,
    1 as batch_id
from raw.hubspot_deals
where cast(record_id as bigint) % 4 <> 3 and updated_at < '2026-10-30T12:00:00.000Z';

-- A call with every contact of HubSpot, and with one that HubSpot never told of: planned, held, then
-- in part deleted.
insert into raw.hubspot_calls
select
    record_id,
    told.updated_at,
    told.status = 'DELETED' as is_deleted,
    json_object(
        'id', record_id, 'createdAt', '2026-10-01T08:00:00.000Z',
        'properties', json_object(
            'hs_timestamp', '2026-10-30T10:00:00.000Z', 'hs_call_title', 'Call about ' || record_id,
            'hs_call_direction', 'OUTBOUND', 'hs_call_status', told.status
        ),
        'associations', json_object('contacts', json_object('results', [json_object('id', record_id)]))
    ) as record,
    1 as batch_id
from (
    select distinct record_id from raw.hubspot_contacts
    union all
    select '999999999999'
) as contacts
cross join (
    values ('2026-10-20T08:00:00.000Z', 'QUEUED'), ('2026-10-30T10:30:00.000Z', 'COMPLETED'),
        ('2026-10-31T08:00:00.000Z', 'DELETED')
) as told (updated_at, status)
where told.status <> 'DELETED' or cast(record_id as bigint) % 5 = 0;

-- Persons of Pipedrive whom a scan finds no more, and one who is back; addresses that changed there.
insert into raw.pipedrive_persons
select
    record_id,
    '2026-10-30T20:00:00.000Z' as updated_at,
    cast(record_id as bigint) % 3 = 0 as is_deleted,
    case
        when cast(record_id as bigint) % 3 = 0 then '{}'
        else json_merge_patch(record, json_object(
            'emails', [json_object('value', 'moved@' || record_id || '.example')]
        ))
    end as record,
    1 as batch_id
from raw.pipedrive_persons
where cast(record_id as bigint) % 6 in (0, 1, 3);

insert into raw.pipedrive_persons
select
    record_id,
    '2026-10-31T08:00:00.000Z' as updated_at,
    false as is_deleted,
    record,
    1 as batch_id
from raw.pipedrive_persons
where cast(record_id as bigint) % 6 = 3 and record <> '{}';

-- Contacts of Zoho that were deleted, while what hangs on them was not.
insert into raw.zoho_contacts
select
    record_id,
    '2026-10-30T20:00:00.000Z' as updated_at,
    true as is_deleted,
    json_object('id', record_id) as record,
    1 as batch_id
from raw.zoho_contacts
where cast(record_id as bigint) % 4 = 0;

-- Members of the loyalty programme: each third contact, of whom some move, some leave.
insert into raw.loyalty_members
select
    'M' || contacts.record_id as record_id,
    told.updated_at,
    told.points = 900 as is_deleted,
    json_object(
        'member_id', 'M' || contacts.record_id, 'tier', 'Silver', 'points', told.points,
        'email', case
            when told.points = 500 and cast(contacts.record_id as bigint) % 9 = 0
                then 'member' || contacts.record_id || '@members.example'
            else contacts.email
        end
    ) as record,
    1 as batch_id
from (
    select record_id, max(record ->> '$.properties.email') as email
    from raw.hubspot_contacts
    where cast(record_id as bigint) % 3 = 0
    group by record_id
) as contacts
cross join (
    values ('2026-06-01T08:00:00.000Z', 100), ('2026-10-15T08:00:00.000Z', 500),
        ('2026-10-30T08:00:00.000Z', 900)
) as told (updated_at, points)
where told.points <> 900 or cast(contacts.record_id as bigint) % 15 = 0;

-- What they bought in shops and brought back; a return that the till wrote twice, a buyer without a name.
insert into raw.retail_sales
select
    concat(members.record_id, '-', receipt.number) as record_id,
    receipt.updated_at,
    false as is_deleted,
    json_object(
        'receipt_id', concat(members.record_id, '-', receipt.number),
        'sold_at', receipt.sold_at, 'currency', 'USD', 'total', receipt.total,
        'member_id', case when receipt.number in ('1', '2') then members.record_id end,
        'email', case when receipt.number = '3' then members.email end,
        'returned_order_id', case when receipt.number = '2' then members.record_id || '-1' end
    ) as record,
    1 as batch_id
from (
    select record_id, max(record ->> 'email') as email from raw.loyalty_members group by record_id
) as members
cross join (
    values ('1', '2026-05-20T10:00:00Z', '2026-05-21T00:00:00.000Z', 80.5),
        ('2', '2026-06-20T10:00:00Z', '2026-06-21T00:00:00.000Z', -20.25),
        ('2', '2026-06-20T10:00:00Z', '2026-08-21T00:00:00.000Z', -20.75),
        ('3', '2026-07-30T10:00:00Z', '2026-08-01T00:00:00.000Z', 15.0),
        ('4', '2026-09-30T10:00:00Z', '2026-10-01T00:00:00.000Z', 5.0)
) as receipt (number, sold_at, updated_at, total);

-- Audiences of a third party, of which some expire.
insert into raw.audiences_members
select
    'acme|Golfers|email|' || members.email as record_id,
    told.updated_at,
    false as is_deleted,
    json_object(
        'provider', 'acme', 'audience', 'Golfers', 'identifier_type', 'email',
        'identifier_value', members.email, 'valid_until', told.valid_until
    ) as record,
    1 as batch_id
from (
    select record_id, max(record ->> 'email') as email from raw.loyalty_members group by record_id
) as members
cross join (
    values ('2026-06-01T08:00:00.000Z', '2026-12-31'), ('2026-09-01T08:00:00.000Z', '2026-10-01')
) as told (updated_at, valid_until)
where told.valid_until <> '2026-10-01' or md5(members.email) < '8';

-- A contact in seven has a profile at Klaviyo, which is told of before and after it clicks.
insert into raw.klaviyo_profiles
select
    'p' || record_id as record_id,
    '2026-10-30T0' || version.number || ':00:00.000Z' as updated_at,
    version.number = 3 and cast(record_id as bigint) % 2 = 0 as is_deleted,
    case when version.number = 3 and cast(record_id as bigint) % 2 = 0 then json('{}') else json_object(
        'attributes', json_object(
            'email', json_extract_string(record, '$.properties.email'),
            'subscriptions', json_object('email', json_object('marketing', json_object(
                'consent', case version.number when 1 then 'SUBSCRIBED' else 'UNSUBSCRIBED' end
            )))
        )
    ) end as record,
    1 as batch_id
from (
    select record_id, min(record) as record from raw.hubspot_contacts group by record_id
) as contacts
cross join (values (1), (2), (3)) as version (number)
where cast(record_id as bigint) % 7 = 0;

insert into raw.klaviyo_metrics
select
    metric.id as record_id,
    '2026-10-30T12:00:00.000Z' as updated_at,
    false as is_deleted,
    json_object('attributes', json_object('name', metric.name)) as record,
    1 as batch_id
from (
    values ('m1', 'Clicked Email'), ('m2', 'Unsubscribed from Email Marketing'), ('m3', 'Placed Order')
) as metric (id, name);

insert into raw.klaviyo_events
select
    concat(contacts.record_id, metrics.record_id) as record_id,
    '2026-10-30T1' || right(metrics.record_id, 1) || ':00:00.000Z' as updated_at,
    false as is_deleted,
    json_object(
        'attributes', json_object(
            'datetime', '2026-10-30T1' || right(metrics.record_id, 1) || ':00:00+00:00',
            'event_properties', json_object('$message', 'autumn', 'Subject', 'Sale')
        ),
        'relationships', json_object(
            'profile', json_object('data', json_object('id', 'p' || contacts.record_id)),
            'metric', json_object('data', json_object('id', metrics.record_id))
        )
    ) as record,
    1 as batch_id
from (select distinct record_id from raw.hubspot_contacts) as contacts
cross join raw.klaviyo_metrics as metrics
where cast(contacts.record_id as bigint) % 7 = 0;

-- A day of an ad account costs more on the second look, and nothing on the third.
insert into raw.google_ads_campaign_days
select
    '1|7|2026-10-0' || day.number as record_id,
    '2026-10-1' || version.number || 'T00:00:00.000Z' as updated_at,
    version.number = 3 and day.number = 2 as is_deleted,
    case when version.number = 3 and day.number = 2 then json('{}') else json_object(
        'customer', json_object('id', '1', 'currencyCode', 'EUR'),
        'campaign', json_object('id', '7', 'name', 'Search'),
        'segments', json_object('date', '2026-10-0' || day.number),
        'metrics', json_object('costMicros', version.number * 1000000, 'impressions', 9, 'clicks', 1)
    ) end as record,
    1 as batch_id
from (values (1), (2)) as day (number)
cross join (values (1), (2), (3)) as version (number);
