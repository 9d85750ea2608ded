-- The day that each batch brought the warehouse to. One row per batch.
with

arrivals as (

    select
        batch_id,
        max(received_at) as received_at
    from {{ ref('events') }}
    group by batch_id

),

batches as (

    select
        batch_id,
        max(loaded_at) as loaded_at
    from {{ ref('stg_loads__files') }}
    -- A file that brought nothing new belongs to no batch.
    where batch_id is not null
    group by batch_id

),

-- Data carries its own time: a history loaded today ends when the history ends. No sender's clock
-- may run ahead of ours, and a batch without events moves nothing.
advanced as (

    select
        batches.batch_id,
        max(cast(least(
            coalesce(arrivals.received_at, timestamp '1970-01-01 00:00:00'), batches.loaded_at
        ) as date)) over (order by batches.batch_id) as as_on
    from batches
    left join arrivals on batches.batch_id = arrivals.batch_id

)

select * from advanced
