-- Entries into and exits from segments, as they were noticed. One row per move.
{{ config(materialized='incremental', incremental_strategy='append', full_refresh=false) }}

with

members as (

    select
        concat(segment, ' ', customer_id) as member,
        'in' as state
    from {{ ref('segment_members') }}

),

latest as (

    {{ latest_in_this('member', 'state', 'version') }}

),

moves as (

    select
        coalesce(members.member, latest.member) as member,
        coalesce(members.state, 'out') as state
    from members
    full outer join latest on members.member = latest.member
    where coalesce(members.state, 'out') <> coalesce(latest.state, 'out')

)

select
    moves.member,
    split_part(moves.member, ' ', 1) as segment,
    split_part(moves.member, ' ', 2) as customer_id,
    moves.state,
    {{ highest_in_this('version') }} + 1 as version,
    clock.as_on as moved_on,
    clock.batch_id
from moves
cross join (
    select
        max(as_on) as as_on,
        max(batch_id) as batch_id
    from {{ ref('clock') }}
) as clock
