-- Every identifier ever seen, numbered as it first arrived. One row per identifier.
{{ config(materialized='incremental', incremental_strategy='append', full_refresh=false) }}

with

arrivals as (

    select
        identifier_type,
        identifier_value,
        min(batch_id) as first_batch_id
    from {{ ref('int_identifiers') }}
    where
        identifier_value is not null
        and {{ is_new() }}
    group by identifier_type, identifier_value

),

unknown as (

    select * from arrivals
    {{ absent_from_this(['identifier_type', 'identifier_value']) }}

),

-- The number grows with arrival and never with a time that a source claims: an older event that
-- comes late cannot change who founded a cluster.
numbered as (

    select
        {{ highest_in_this('node_id') }} + row_number() over (
            order by first_batch_id asc, identifier_type asc, identifier_value asc
        ) as node_id,
        identifier_type,
        identifier_value,
        first_batch_id
    from unknown

)

select * from numbered
