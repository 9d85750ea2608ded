{# Of a whole name: what comes before the first space, and what comes after it. #}

{% macro first_name_of(name) -%}
    nullif(split_part(trim({{ name }}), ' ', 1), '')
{%- endmacro %}

{% macro last_name_of(name) -%}
    nullif(trim(substr(trim({{ name }}), length(split_part(trim({{ name }}), ' ', 1)) + 1)), '')
{%- endmacro %}
