{# Reads inside a `where`: this row came in a batch that the model has not seen. #}
{% macro is_new(column='batch_id') -%}
    {{ column }} > {{ watermark() }}
{%- endmacro %}
