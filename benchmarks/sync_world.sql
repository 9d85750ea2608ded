-- A publication of `rows` customers who all said yes, each known by two more identifiers; every
-- hundredth is what remains of a merge. `first_name` of every hundredth is `changed`; with `gone`,
-- every tenth has left.
create schema customers;
create schema segments;
create schema identity;
create schema activation;

create temp table people as
select
    numbers.number,
    md5('customer ' || numbers.number) as customer_id,
    concat('person', numbers.number, '@acme.example') as email
from range(getvariable('people')) as numbers (number)
where not getvariable('gone') or numbers.number % 10 <> 7;

create table customers.customers as
select
    customer_id,
    email,
    case when number % 100 = 0 then getvariable('changed') else 'Ada' end as first_name,
    number * 7 % 100000 as revenue_cents,
    case number % 3 when 0 then 'Berlin' when 1 then 'Lisbon' else 'Oslo' end as city
from people;

create table customers.consents as
select
    people.customer_id,
    purposes.purpose,
    'email' as channel,
    true as is_granted
from people
cross join (values ('marketing'), ('analytics')) as purposes (purpose);

create table segments.segment_members as
select
    'seg_all' as segment,
    customer_id
from people
union all
select
    'seg_half' as segment,
    customer_id
from people
where number % 2 = 0;

create table identity.customer_ids as
select
    md5(concat(identifiers.kind, people.number)) as own_customer_id,
    people.customer_id
from people
cross join (values ('cookie '), ('address ')) as identifiers (kind)
union all
select
    customer_id as own_customer_id,
    customer_id
from people;

create table identity.customer_id_history as
select
    md5('former ' || number) as old_customer_id,
    customer_id as new_customer_id,
    2 as identifiers
from people
where number % 100 = 0;

create table activation.contact_pressure (
    sync varchar,
    channel varchar,
    priority integer,
    most_contacts integer,
    period_days integer
);
