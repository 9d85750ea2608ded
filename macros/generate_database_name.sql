{# Doorways are built in a file of their own, so that publishing them is copying that file. #}
{% macro generate_database_name(custom_database_name=none, node=none) -%}
    {%- if custom_database_name == 'doorways' or (node and node.config.get('access') == 'public') -%}
        {{ 'doorways' if target.type == 'duckdb' else target.database }}
    {%- else -%}
        {{ target.database }}
    {%- endif -%}
{%- endmacro %}
