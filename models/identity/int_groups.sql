-- Which identifiers hang together before limits are regarded. One row per linked identifier.
{{ config(materialized='components', meta={'follows': 'int_links'}) }}

select
    record_key as evidence,
    anchor_node_id as a,
    node_id as b,
    is_used,
    version
from {{ ref('int_links') }}
