-- Why identifiers belong together, or do not. One row per record and identifier beside its anchor.
{{ config(
    materialized='incremental', incremental_strategy='delete+insert', unique_key='record_key',
    meta={'follows': 'int_links'}, post_hook="delete from {{ this }} where guard = 'withdrawn'"
) }}

with

yielding as (

    select
        node_id,
        detail
    from {{ ref('int_contested_nodes') }}
    where guard is not null

),

regarded as (

    {{ newly_yielding('yielding') }}

),

touched as (

    select record_key from {{ ref('int_links') }}
    where version > {{ seen_version() }} or node_id in (select node_id from regarded)

),

links as (

    select * from {{ ref('int_judged_links') }}
    where record_key in (select record_key from touched)

)

select
    links.record_key,
    links.source,
    links.record_id,
    links.anchor_node_id,
    links.node_id,
    links.identifier_type,
    nodes.identifier_value,
    links.guard is null as is_used,
    links.guard,
    links.detail,
    links.first_batch_id
from links
inner join {{ ref('int_nodes') }} as nodes on links.node_id = nodes.node_id
