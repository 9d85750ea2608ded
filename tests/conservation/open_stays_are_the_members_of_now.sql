-- Who is in a segment now has one open stay in its history, and nobody else has.
{{ config(tags=['hourly'], meta={'dagster': {'ref': {'name': 'segment_history'}}}) }}
with

open_stays as (

    select
        segment,
        customer_id
    from {{ ref('segment_history') }}
    where is_member

),

members as (

    select
        segment,
        customer_id
    from {{ ref('segment_members') }}

)

select
    'no open stay' as problem,
    segment,
    customer_id
from (
    select * from members
    except all
    select * from open_stays
) as missing
union all
select
    'not a member' as problem,
    segment,
    customer_id
from (
    select * from open_stays
    except all
    select * from members
) as left_over
