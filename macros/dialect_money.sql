{# The part of the dialect that adds up money in JSON; see dialect.sql. #}

{# Of a list of refunds with their transactions, what went back: those that failed are none. #}
{% macro json_paid_back(column, list) %}{{ return(adapter.dispatch('json_paid_back')(column, list)) }}{% endmacro %}
{% macro duckdb__json_paid_back(column, list) -%}
    cast(coalesce(list_sum(list_transform(
        json_extract({{ column }}, '$.{{ list }}[*].transactions[*]'),
        lambda t: case
            when (t ->> '$.kind') = 'refund' and (t ->> '$.status') = 'success'
                then try_cast((t ->> '$.amount') as decimal(18, 4))
        end
    )), 0) as decimal(18, 4))
{%- endmacro %}
