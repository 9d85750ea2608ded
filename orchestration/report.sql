-- The totals of the publication, as one row. Labels measure identity and are nobody's records.
select
    (
        select coalesce(sum(loaded), 0) from collection.loads
        where source not in ('events', 'labels')
    ) as source_records,
    (select count(*) from journey.events) as events_loaded,
    (select count(*) from collection.rejected_lines) as quarantined_lines,
    (
        select count(distinct message_id) from collection.tracking_violations where is_held
    ) as held_messages,
    (select count(*) from identity.customer_ids where is_current) as identifiers,
    (select count(*) from customers.customers) as customers,
    (select count(*) from customers.customers where is_known) as known_customers,
    (
        select count(*) - count(distinct customer_id)
        from identity.customer_ids where is_current
    ) as merges,
    (select count(*) from journey.orders) as orders,
    (select coalesce(sum(reporting_revenue_cents), 0) from journey.orders) as revenue_cents,
    (select coalesce(max(batch_id), 0) from collection.loads) as batches,
    (select cast(max(as_on) as varchar) from journey.clock) as as_on;

-- How many people are in each segment.
select
    segment,
    count(*) as members
from segments.segment_members
group by segment
order by segment;

-- The latest run of each sync.
select
    sync,
    status,
    reason,
    audience,
    sent,
    rejected,
    unsendable,
    withheld,
    capped,
    unchanged,
    waiting,
    in_doubt,
    unsent,
    pending,
    requests
from activation.sync_runs
qualify row_number() over (partition by sync order by planned_at desc, run_id desc) = 1
order by sync;

-- How many customer ids ever became another one, by reason.
select
    reason,
    count(distinct old_customer_id) as ids
from identity.customer_id_history
group by reason
order by reason;

-- Links that a guard refuses; what a record itself states no longer is nobody's refusal.
select
    bucket as guard,
    numerator as links
from identity.identity_quality
where measure = 'refused links' and bucket <> 'no longer stated'
order by bucket;

-- What identity is worth against labels, if there are any.
select
    measure,
    value
from identity.identity_quality
where measure in ('precision', 'recall', 'labelled identifiers')
order by measure;

-- A customer worth looking at: of some identifiers from as many sources as anybody's.
select customer_id
from identity.identity_steps
group by customer_id
having count(*) between 4 and 8 and count(distinct source) > 1
order by
    count(distinct source) desc,
    count(distinct identifier_type) desc,
    count(*) asc,
    min(node_id) asc
limit 1;

-- Whom each sync still holds at its destination.
select
    sync,
    count(*) as customers
from activation.sync_status
where status in ('sent', 'in doubt', 'pending')
group by sync
order by sync;
