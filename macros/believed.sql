{# Reads inside a `select` over chosen contact points: a field's value, who said it and when, as
   three columns named after the field. #}
{% macro believed(field) -%}
    max(case when field = '{{ field }}' then value end) as {{ field }},
    max(case when field = '{{ field }}' then source end) as {{ field }}_source,
    max(case when field = '{{ field }}' then stated_at end) as {{ field }}_at
{%- endmacro %}
