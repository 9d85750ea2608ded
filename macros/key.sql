{# Data test: no two rows agree in the column, or in all of these columns together, and none of them is
   null. One question to the table, where dbt's `unique` and `not_null` are two. #}
{% test key(model, column_name=none, columns=none) %}
{% set parts = columns or [column_name] %}
select
    {{ parts | join(', ') }},
    count(*) as found
from {{ model }}
group by {{ parts | join(', ') }}
having
    count(*) > 1
    {%- for part in parts %}
    or {{ part }} is null
    {%- endfor %}
{% endtest %}
