-- A value that many people share, and no guard refuses, glues them into one customer.
{{ config(meta={'dagster': {'ref': {'name': 'identity_quality'}}}) }}
select
    measure,
    value
from {{ ref('identity_quality') }}
where
    {{ stop_if(
        "measure = 'largest customer' and value > " ~ var('largest_customer'),
        "concat('largest customer: ', cast(numerator as varchar), ' identifiers; at most "
        ~ var('largest_customer') ~ " (largest_customer in dbt_project.yml). Nothing is published. Look at "
        ~ "the most connected identifiers in identity_quality (doorways.duckdb), block the value or lower a "
        ~ "limit in seeds/, try it with kith identity preview; if the customer is real, raise the bound.')"
    ) }}
