-- The identifier that a source record's facts hang on. One row per source record.
{{ config(
    materialized='incremental', incremental_strategy='delete+insert', unique_key='record_key'
) }}

with

memberships as (

    select * from {{ ref('int_memberships') }}
    where record_key in (
        select record_key from {{ ref('int_memberships') }}
        where {{ is_new('last_batch_id') }}
    )

),

usable as (

    select
        memberships.*,
        types.rank
    from memberships
    inner join {{ ref('identifier_types') }} as types
        on memberships.identifier_type = types.identifier_type
    where memberships.node_id not in (select node_id from {{ ref('int_blocked_nodes') }})

),

anchored as (

    select
        record_key,
        source,
        record_id,
        min_by(node_id, rank * cast(1000000000000 as bigint) + node_id) as node_id,
        bool_or(is_own) as is_current,
        min(first_batch_id) as first_batch_id,
        max(last_batch_id) as last_batch_id
    from usable
    group by record_key, source, record_id

)

select * from anchored
