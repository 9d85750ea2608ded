-- Since when a person is or was in a segment. One row per stay.
{{ config(materialized='table') }}

with

moves as (

    select
        *,
        lead(moved_on) over (partition by member order by version asc) as left_on,
        lead(batch_id) over (partition by member order by version asc) as left_in_batch_id
    from {{ ref('int_segment_moves') }}

)

select
    segment,
    customer_id,
    version as entered_in_version,
    moved_on as entered_on,
    batch_id as entered_in_batch_id,
    left_on,
    left_in_batch_id,
    left_on is null as is_member
from moves
where state = 'in'
