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
