-- Which cluster an identifier is or was in. One row per identifier and change of cluster.
{{ config(materialized='components', full_refresh=false) }}

select
    anchor_node_id as a,
    node_id as b
from {{ ref('identity_evidence') }}
where is_used
