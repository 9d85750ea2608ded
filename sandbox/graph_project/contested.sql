-- Groups that break a rule, taken apart. One row per node of such a group.
{{ config(materialized='contested', meta={'follows': 'links'}) }}

select * from graph.rules
