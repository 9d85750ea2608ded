-- Edges between identifiers as a shop and two CRMs leave them, about four to a person: cookies, accounts,
-- addresses, telephones that every thirtieth person shares, CRM ids, a few long chains of cookies. The
-- variable `people` says how many people; identifiers are 63-bit numbers without an order.
create or replace macro drawn(person, salt) as (hash(person, salt) % 1000000) / 1000000.0;
create or replace macro identifier(kind, number) as cast(hash(kind, number) >> 1 as bigint);

create or replace temp table people as
select
    person,
    cast(least(12, 1 + floor(-ln(drawn(person, 1) + 1e-6) * 1.6)) as integer) as devices,
    case when drawn(person, 2) < 0.30 then 0 when drawn(person, 2) < 0.88 then 1 else 2 end as addresses,
    drawn(person, 3) < 0.45 as has_telephone,
    case when drawn(person, 4) < 0.55 then 0 when drawn(person, 4) < 0.95 then 1 else 2 end as crm_records,
    drawn(person, 5) < 0.65 as has_account,
    case when drawn(person, 6) < 0.0008 then 50 + cast(floor(drawn(person, 7) * 150) as integer) else 0 end
        as cookies_in_a_row,
    case when drawn(person, 8) < 0.03 then person - person % 2 else person end as telephone
from range(getvariable('people')) as numbers(person);

create or replace table edges as
with found as (
    select identifier('device', person * 100 + device) as a, identifier('account', person) as b
    from people, range(12) as devices_of(device)
    where device < devices and has_account
    union all
    select identifier('device', person * 100 + device), identifier('address', person * 10)
    from people, range(12) as devices_of(device)
    where device < devices and addresses > 0 and (not has_account or drawn(person * 100 + device, 11) < 0.45)
    union all
    select identifier('account', person), identifier('address', person * 10 + address)
    from people, range(2) as addresses_of(address)
    where has_account and address < addresses
    union all
    select identifier('crm', person * 10 + crm_record), identifier('address', person * 10 + least(crm_record, addresses - 1))
    from people, range(2) as records_of(crm_record)
    where crm_record < crm_records and addresses > 0
    union all
    select identifier('crm', person * 10 + crm_record), identifier('telephone', telephone)
    from people, range(2) as records_of(crm_record)
    where crm_record < crm_records and has_telephone
    union all
    select identifier('address', person * 10), identifier('telephone', telephone)
    from people
    where addresses > 0 and has_telephone
    union all
    select identifier('device', person * 100), identifier('telephone', telephone)
    from people
    where addresses = 0 and has_telephone
    union all
    select identifier('device', person * 100 + device), identifier('device', person * 100 + device + 1)
    from people, range(11) as devices_of(device)
    where not has_account and addresses = 0 and device + 1 < devices
    union all
    select identifier('cookie', person * 1000 + cookie), identifier('cookie', person * 1000 + cookie + 1)
    from people, range(200) as cookies_of(cookie)
    where cookie < cookies_in_a_row
    union all
    select identifier('cookie', person * 1000), identifier('account', person)
    from people
    where cookies_in_a_row > 0 and has_account
)
select * from found
order by hash(a, b, 99);
