create schema customers;
create schema segments;
create schema identity;
create schema activation;

create temp table people (
    customer_id varchar,
    email varchar,
    first_name varchar,
    revenue_cents bigint,
    city varchar,
    is_granted boolean,
    is_member boolean
);
