-- What the copy holds before it is built: who is who, which links count, what customers are worth.
create table ids_before as
select
    node_id,
    identifier_type,
    identifier_value,
    customer_id
from doorways.identity.customer_ids
where is_current;

create table links_before as
select
    record_key,
    node_id,
    is_used,
    guard
from doorways.identity.identity_evidence;

create table worth as
select
    customer_id,
    revenue_cents
from doorways.customers.customers;

-- Batches that were loaded and never built.
select count(distinct batch_id) as pending_batches
from warehouse.raw.loads
where
    batch_id > (
        select coalesce(max(batch_id), 0) from doorways.runs.watermarks
        where model = 'customer_ids'
    );

-- The same after it was built, and what a customer of before and one of after share.
create table ids_after as
select
    node_id,
    identifier_type,
    identifier_value,
    customer_id
from doorways.identity.customer_ids
where is_current;

create table pieces as
select
    ids_before.customer_id as before_id,
    ids_after.customer_id as after_id,
    count(*) as identifiers,
    list(
        {
            'identifier_type': coalesce(ids_before.identifier_type, ids_after.identifier_type),
            'identifier_value': coalesce(ids_before.identifier_value, ids_after.identifier_value)
        }
        order by node_id
    )[:3] as examples
from ids_before
full outer join ids_after using (node_id)
group by all;

create table befores as
select
    before_id,
    sum(identifiers) as identifiers,
    count(after_id) as parts,
    bool_or(known > 1) as is_merged,
    bool_and(parts = 1 and sources = 1 and before_id = after_id) as is_unchanged
from (
    select
        *,
        count(*) over (partition by before_id) as parts,
        count(*) over (partition by after_id) as sources,
        case when after_id is not null then count(before_id) over (partition by after_id) end
            as known
    from pieces
) as counted
where before_id is not null
group by before_id;

create table afters as
select
    after_id,
    sum(identifiers) as identifiers,
    count(before_id) as sources,
    bool_and(
        coalesce(before_id in (select before_id from befores where is_unchanged), false)
    ) as is_unchanged
from pieces
where after_id is not null
group by after_id;

-- The figures, as one row.
select
    (select count(*) from befores) as customers_before,
    (select count(*) from afters) as customers_after,
    (select count(*) from befores where not is_unchanged) as changed,
    (select count(*) from befores where parts > 1) as split,
    (select count(*) from befores where is_merged) as merged,
    (select coalesce(sum(identifiers), 0) from pieces where after_id is null) as identifiers_gone,
    (select coalesce(sum(identifiers), 0) from pieces where before_id is null) as identifiers_new,
    (
        select coalesce(sum(worth.revenue_cents), 0)
        from worth
        inner join befores on worth.customer_id = befores.before_id
        where not befores.is_unchanged
    ) as revenue_cents,
    (
        select {'customer_id': after_id, 'identifiers': identifiers}
        from afters
        where not is_unchanged
        order by identifiers desc, after_id
        limit 1
    ) as biggest_new;

-- Links that counted and do not any more, by the guard that refuses them now.
select
    coalesce(links_after.guard, 'withdrawn') as guard,
    count(*) as links
from links_before
left join doorways.identity.identity_evidence as links_after using (record_key, node_id)
where links_before.is_used and links_after.is_used is distinct from true
group by all
order by all;

-- Links that count and did not, by the guard that refused them before.
select
    coalesce(links_before.guard, 'new link') as guard,
    count(*) as links
from doorways.identity.identity_evidence as links_after
left join links_before using (record_key, node_id)
where links_after.is_used and links_before.is_used is distinct from true
group by all
order by all;

-- Ten customers of before who split and of after who merged, the biggest of both kinds first.
with

examples as (

    select
        'split' as kind,
        before_id as customer_id,
        identifiers
    from befores
    where parts > 1
    union all
    select
        'merge',
        after_id,
        identifiers
    from afters
    where sources > 1

),

chosen as (

    select
        *,
        row_number() over (partition by kind order by identifiers desc, customer_id) as place
    from examples
    order by place, kind
    limit 10

),

parts as (

    select
        chosen.kind,
        chosen.customer_id,
        chosen.identifiers,
        chosen.place,
        {
            'customer_id': if(chosen.kind = 'split', pieces.after_id, pieces.before_id),
            'identifiers': pieces.identifiers,
            'examples': pieces.examples
        } as part
    from chosen
    inner join pieces
        on if(chosen.kind = 'split', pieces.before_id, pieces.after_id) = chosen.customer_id

)

select
    kind,
    customer_id,
    identifiers,
    list(part order by part.identifiers desc, part.customer_id) as parts
from parts
group by all
order by min(place), kind;
