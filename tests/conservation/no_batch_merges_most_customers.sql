-- Many customers who become one another at once are a wrong link more often than news.
{{ config(meta={'dagster': {'ref': {'name': 'identity_quality'}}}) }}
select
    measure,
    value
from {{ ref('identity_quality') }}
where
    {{ stop_if(
        "measure = 'merged customers' and value * 100 > " ~ var('most_merged_percent'),
        "concat('merged customers: ', cast(round(value * 100, 1) as varchar), ' % since identity was last "
        ~ "accepted; at most " ~ var('most_merged_percent') ~ " % (most_merged_percent in dbt_project.yml). "
        ~ "Nothing is published. Look at customer_id_history and the most connected identifiers in "
        ~ "identity_quality (doorways.duckdb), block the value or lower a limit in seeds/, try it with "
        ~ "kith identity preview; if the merges are right, raise the bound for one run.')"
    ) }}
