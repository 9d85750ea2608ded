-- 300 customers of 40 first names, 60 last names and 5 cities; each of the first 60 is there twice,
-- the second time with a typing error in the last name. Node 1 and 2 are Ann, who has a rare name.
create schema customers;
create schema identity;

create temp table people as
select
    number,
    number as person,
    chr(cast(97 + number % 8 as integer)) || 'a' || chr(cast(97 + number % 5 as integer)) || 'lo'
        as first_name,
    chr(cast(97 + number % 12 as integer)) || 'ent' || chr(cast(97 + (number // 7) % 5 as integer))
        || 'rik' as last_name,
    'Street ' || number as street,
    'City ' || number % 5 as city
from range(10, 310) as numbers (number)
union all
select
    number + 1000,
    number,
    chr(cast(97 + number % 8 as integer)) || 'a' || chr(cast(97 + number % 5 as integer)) || 'lo',
    chr(cast(97 + number % 12 as integer)) || 'ent' || chr(cast(97 + (number // 7) % 5 as integer))
        || case when number % 2 = 0 then 'rik' else 'rick' end,
    'street ' || number,
    'City ' || number % 5
from range(10, 70) as numbers (number)
union all
values
    (1, 1, 'Ottokar', 'Zieglmayr', 'Am Bach 7', 'City 1'),
    (2, 1, 'Otokar', 'Zieglmayr', 'am Bach 7', 'City 1');

create table customers.customers as
select
    md5(concat('customer ', number)) as customer_id,
    first_name,
    last_name,
    street,
    city,
    cast(null as varchar) as company_name,
    'shop@example.com' as email,
    '+49301' as phone,
    true as is_known
from people;

create table identity.customer_ids as
select
    number as node_id,
    'hubspot_contact_id' as identifier_type,
    cast(number as varchar) as identifier_value,
    md5(concat('customer ', number)) as customer_id,
    true as is_current
from people
union all
select
    number + 5000,
    'phone',
    '+49' || (700000 + number * 7919 % 100000),
    md5(concat('customer ', number)),
    true
from people;

create table identity.identity_evidence as
select
    cast(null as bigint) as node_id,
    false as is_used,
    'no longer stated' as guard
where false;
