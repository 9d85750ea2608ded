-- The events of sessions are the events of the website and the app that name somebody.
{{ config(group='journey', meta={'dagster': {'ref': {'name': 'sessions'}}}) }}

with

sessions as (

    select coalesce(sum(events), 0) as events
    from {{ ref('sessions') }}

),

visits as (

    select count(*) as events
    from {{ ref('int_visits') }}

)

select
    sessions.events as in_sessions,
    visits.events as on_the_timeline
from sessions
cross join visits
where sessions.events <> visits.events
