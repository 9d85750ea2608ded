create table customers.customers as
select
    customer_id,
    email,
    first_name,
    revenue_cents,
    city
from people;

create table customers.consents as
select
    customer_id,
    'marketing' as purpose,
    'email' as channel,
    is_granted
from people
where is_granted is not null;

create table segments.segment_members as
select
    'seg_big_spenders' as segment,
    customer_id
from people
where is_member;

create table identity.customer_ids (own_customer_id varchar, customer_id varchar);

create table identity.customer_id_history (
    old_customer_id varchar,
    new_customer_id varchar,
    identifiers bigint
);

create table activation.contact_pressure (
    sync varchar,
    channel varchar,
    priority integer,
    most_contacts integer,
    period_days integer
);

create table activation.ad_identifiers as
select
    customer_id,
    -- What is no address is passed on as it is, for platforms that refuse what is no fingerprint.
    case when email like '%@%' then sha256(lower(email)) else email end as email_sha256,
    sha256(lower(first_name)) as first_name_sha256
from people;
