-- The events of all profiles, and those of nobody or of people who are gone, are all events.
{{ config(tags=['hourly'], meta={'dagster': {'ref': {'name': 'customers'}}}) }}
with

profiles as (

    select coalesce(sum(events), 0) as events
    from {{ ref('customers') }}

),

gone as (

    select customer_ids.node_id
    from {{ ref('customer_ids') }} as customer_ids
    left join {{ ref('customers') }} as customers
        on customer_ids.customer_id = customers.customer_id
    where customers.customer_id is null

),

timeline as (

    select
        count(*) as events,
        count_if(node_id is null or node_id in (select node_id from gone)) as nobodys
    from {{ ref('events') }}

)

select
    profiles.events as in_profiles,
    timeline.nobodys,
    timeline.events as on_the_timeline
from profiles
cross join timeline
where profiles.events + timeline.nobodys <> timeline.events
