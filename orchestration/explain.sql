-- The identifiers that are spelled so; if none is exactly so, those that are once it is tidied.
with

tidied as (

    select
        lower(trim($identifier)) as lowered,
        case
            when regexp_matches(trim($identifier), '^([+]|00)')
                then concat(
                    '+',
                    regexp_replace(
                        regexp_replace(trim($identifier), '^00|[(]0[)]', '', 'g'), '[^0-9]', '', 'g'
                    )
                )
        end as telephone

),

spelled as (

    select
        steps.*,
        case
            when steps.identifier_value = $identifier then 0
            when steps.identifier_value = tidied.lowered then 1
            else 2
        end as distance
    from identity.identity_steps as steps
    cross join tidied
    where
        steps.identifier_value in ($identifier, tidied.lowered)
        or (steps.identifier_type = 'phone' and steps.identifier_value = tidied.telephone)

)

select
    node_id,
    customer_id,
    identifier_type
from spelled
qualify distance = min(distance) over ()
order by identifier_type;

-- Whom a customer id, of today or of old, stands for today, by the founding identifier.
with recursive

last_moves as (

    select
        old_customer_id,
        new_customer_id
    from identity.customer_id_history
    qualify version = max(version) over (partition by old_customer_id)

),

successors as (

    -- Where its founding identifier is today; if that is gone, the way that the ids went.
    select
        coalesce(
            (
                select customer_id
                from identity.customer_ids
                where own_customer_id = $identifier
            ),
            $identifier
        ) as customer_id
    union
    select last_moves.new_customer_id
    from successors
    inner join last_moves on successors.customer_id = last_moves.old_customer_id
    where successors.customer_id not in (select customer_id from identity.identity_steps)

)

select
    steps.node_id,
    steps.customer_id,
    'customer_id' as identifier_type
from successors
inner join identity.identity_steps as steps on successors.customer_id = steps.customer_id
where steps.steps = 0
order by steps.node_id;

-- Why nobody is behind it: a value that a guard blocks, or a customer id that led to nobody.
select
    concat(identifier_type, ' ', identifier_value, ' names nobody') as finding,
    concat_ws(': ', guard, detail) as cause
from identity.identity_evidence
where identifier_value in ($identifier, lower(trim($identifier)))
union
select
    concat('customer ', old_customer_id, ' is no more'),
    concat(reason, ', ', strftime(changed_at, '%Y-%m-%d %H:%M'), ' UTC')
from identity.customer_id_history
where old_customer_id = $identifier
order by finding, cause;

-- The identifiers that look most like it.
select
    identifier_type,
    identifier_value
from identity.identity_steps
where jaro_winkler_similarity(identifier_value, lower(trim($identifier))) > 0.85
order by
    jaro_winkler_similarity(identifier_value, lower(trim($identifier))) desc,
    identifier_value asc
limit 3;

-- A customer's identifiers, each behind the one that ties it.
select
    steps.node_id,
    steps.identifier_type,
    steps.identifier_value,
    customer_ids.is_current,
    steps.steps,
    steps.previous_node_id,
    steps.record_key,
    steps.source
from identity.identity_steps as steps
inner join identity.customer_ids as customer_ids on steps.node_id = customer_ids.node_id
where steps.customer_id = $customer_id
order by steps.steps, steps.previous_node_id, steps.node_id;

-- Every pair of a customer's identifiers that a record ties.
select
    least(evidence.anchor_node_id, evidence.node_id) as node_id,
    greatest(evidence.anchor_node_id, evidence.node_id) as other_node_id,
    min(evidence.record_key) as record_key,
    min_by(evidence.source, evidence.record_key) as source,
    count(*) as records
from identity.identity_evidence as evidence
inner join identity.identity_steps as steps on evidence.node_id = steps.node_id
where steps.customer_id = $customer_id and evidence.is_used
group by all
order by all;

-- Identifiers that a guard keeps from a customer.
with

refused as (

    select
        anchor_node_id as node_id,
        node_id as other_node_id,
        identifier_type as other_type,
        identifier_value as other_value,
        guard,
        detail,
        record_key,
        source
    from identity.identity_evidence
    where not is_used
    union all
    select
        evidence.node_id,
        evidence.anchor_node_id,
        anchor.identifier_type,
        anchor.identifier_value,
        evidence.guard,
        evidence.detail,
        evidence.record_key,
        evidence.source
    from identity.identity_evidence as evidence
    inner join identity.identity_steps as anchor on evidence.anchor_node_id = anchor.node_id
    where not evidence.is_used

)

select
    refused.node_id,
    refused.other_node_id,
    refused.other_type,
    refused.other_value,
    others.customer_id as other_customer_id,
    refused.guard,
    refused.detail,
    min(refused.record_key) as record_key,
    min_by(refused.source, refused.record_key) as source,
    count(*) as records
from refused
inner join identity.identity_steps as steps on refused.node_id = steps.node_id
left join identity.identity_steps as others on refused.other_node_id = others.node_id
where
    steps.customer_id = $customer_id
    and others.customer_id is distinct from $customer_id
group by all
order by all;

-- How a customer's id came to stand for whom it stands for.
select
    history.reason,
    history.old_customer_id,
    history.new_customer_id,
    history.identifiers,
    history.changed_at,
    history.batch_id,
    history.because_of_record_key as record_key,
    nullif(concat_ws(' ', tied.identifier_type, tied.identifier_value), '') as tied,
    nullif(concat_ws(' ', anchor.identifier_type, anchor.identifier_value), '') as tied_to
from identity.customer_id_history as history
left join identity.identity_steps as tied on history.because_of_node_id = tied.node_id
left join identity.identity_steps as anchor on history.because_of_anchor_node_id = anchor.node_id
where $customer_id in (history.old_customer_id, history.new_customer_id)
order by history.version desc, history.old_customer_id asc, history.new_customer_id asc;

-- The customer's name.
select concat_ws(' ', first_name, last_name) as name
from customers.customers
where customer_id = $customer_id;

-- Every kind of identifier there is.
select distinct identifier_type
from identity.identity_steps
order by identifier_type;
