-- The components of the links. One row per linked node.
{{ config(materialized='components', meta={'follows': 'links'}) }}

select * from graph.links
