{# The domain of a website's address, without www; null if there is none. #}
{% macro domain_of(website) -%}
    nullif(split_part({{ replace_all(website, '^(https?://)?(www[.])?', '') }}, '/', 1), '')
{%- endmacro %}
