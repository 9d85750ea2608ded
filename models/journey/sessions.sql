-- Visits to the website or the app, ended by silence. One row per session.
{{ config(materialized='incremental', incremental_strategy='replace_touched') }}

with

people as (

    select
        node_id,
        customer_id
    from {{ ref('customer_ids') }}
    where customer_id in ({{ touched_customers() }})

),

visits as (

    select
        people.customer_id,
        visits.*
    from {{ ref('int_visits') }} as visits
    inner join people on visits.node_id = people.node_id

),

gaps as (

    select
        *,
        row_number() over (
            partition by customer_id order by occurred_at asc, event_id asc
        ) as step,
        lag(occurred_at) over (
            partition by customer_id order by occurred_at asc, event_id asc
        ) as previous_at
    from visits

),

numbered as (

    select
        *,
        sum(case
            when previous_at is null then 1
            when occurred_at > previous_at + interval {{ var('session_minutes') }} minute then 1
            else 0
        end) over (
            partition by customer_id order by step asc
            rows between unbounded preceding and current row
        ) as session_number
    from gaps

),

summed as (

    select
        customer_id,
        cast(session_number as integer) as session_number,
        min(occurred_at) as started_at,
        max(occurred_at) as ended_at,
        cast(count(*) as integer) as events,
        cast(count_if(is_page) as integer) as pages,
        min_by(event_id, step) as first_event_id,
        min_by(channel, step) as channel,
        min_by(page, step) filter (where page is not null) as landing_page,
        min_by(referrer, step) filter (where referrer is not null) as referrer,
        min_by(campaign_id, step) filter (where campaign_id is not null) as campaign_id
    from numbered
    group by customer_id, session_number

)

select
    first_event_id as session_id,
    customer_id,
    session_number,
    started_at,
    ended_at,
    {{ seconds_between('started_at', 'ended_at') }} as seconds,
    events,
    pages,
    channel,
    landing_page,
    referrer,
    campaign_id
from summed
