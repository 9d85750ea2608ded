-- The totals of the publication, as one row.
select
    (select coalesce(sum(loaded), 0) from collection.loads where source <> 'events') as source_records,
    (select count(*) from journey.events) as events_loaded,
    (select count(*) from collection.rejected_lines) as quarantined_lines,
    (select count(*) from identity.customer_ids where is_current) as identifiers,
    (select count(*) from customers.customers) as customers,
    (select count(*) from customers.customers where is_known) as known_customers,
    (
        select count(*) - count(distinct customer_id)
        from identity.customer_ids where is_current
    ) as merges,
    (select count(*) from identity.identity_evidence where detail is not null) as refusals,
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
    withheld,
    unchanged,
    in_doubt,
    unsent,
    requests
from activation.sync_runs
qualify row_number() over (partition by sync order by planned_at desc, run_id desc) = 1
order by sync;
