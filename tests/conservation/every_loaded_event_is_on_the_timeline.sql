-- In every batch, the events that the load took up are the events of the timeline.
{{ config(meta={'dagster': {'ref': {'name': 'events'}}}) }}
with

loaded as (

    select
        batch_id,
        sum(loaded) as events
    from {{ ref('loads') }}
    where source = 'events'
    group by batch_id

),

told as (

    select
        batch_id,
        count(*) as events
    from {{ ref('events') }}
    group by batch_id

)

select
    coalesce(loaded.batch_id, told.batch_id) as batch_id,
    coalesce(loaded.events, 0) as loaded,
    coalesce(told.events, 0) as on_the_timeline
from loaded
full outer join told on loaded.batch_id = told.batch_id
where coalesce(loaded.events, 0) <> coalesce(told.events, 0)
