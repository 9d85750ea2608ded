-- A publication with a customer of a chain of identifiers, each tied to the next by one record, and
-- with others of four identifiers each. The variables `longest` and `strangers` say how many.
create temp macro longest() as getvariable('longest');
create schema identity;
create schema customers;
create temp table chained as
select
    number as node_id,
    case
        when number <= longest() then concat('ann', cast(number as varchar), '@acme.example')
        else concat('stranger', cast(number as varchar), '@other.example')
    end as identifier_value,
    case
        when number <= longest() then 'chain'
        else concat('customer ', cast((number - longest() - 1) // 4 as varchar))
    end as customer_id,
    case when number <= longest() then number - 1 else (number - longest() - 1) % 4 end as steps
from range(1, longest() + getvariable('strangers') + 1) as numbers (number);
create table customers.customers as
select
    customer_id,
    'Ann' as first_name,
    'Lee' as last_name
from chained
where steps = 0;
create table identity.customer_ids as
select
    node_id,
    'email' as identifier_type,
    identifier_value,
    customer_id,
    case when steps = 0 then customer_id else concat('was ', cast(node_id as varchar)) end
        as own_customer_id,
    true as is_current
from chained;
create table identity.identity_evidence as
select
    concat('crm/', cast(node_id as varchar)) as record_key,
    'crm' as source,
    node_id - 1 as anchor_node_id,
    node_id,
    'email' as identifier_type,
    identifier_value,
    true as is_used,
    cast(null as varchar) as guard,
    cast(null as varchar) as detail
from chained
where steps > 0;
create table identity.identity_steps as
select
    chained.node_id,
    chained.customer_id,
    'email' as identifier_type,
    chained.identifier_value,
    chained.steps,
    evidence.anchor_node_id as previous_node_id,
    evidence.record_key,
    evidence.source
from chained
left join identity.identity_evidence as evidence on chained.node_id = evidence.node_id;
create table identity.customer_id_history (
    old_customer_id varchar,
    new_customer_id varchar,
    reason varchar,
    because_of_record_key varchar,
    because_of_node_id bigint,
    because_of_anchor_node_id bigint,
    batch_id bigint,
    version bigint,
    identifiers bigint,
    changed_at timestamp
);
